"""The form as a workbook: written, read back, compared with what is saved, returned with its errors."""
