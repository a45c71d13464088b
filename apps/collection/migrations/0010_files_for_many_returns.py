import django.db.models.deletion
from django.db import migrations, models

FILL = """
UPDATE collection_workbookupload AS upload SET period_id = submission.period_id
FROM collection_submission AS submission WHERE submission.id = upload.submission_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("collection", "0009_workbook_uploads")]

    operations = [
        migrations.RemoveConstraint(model_name="workbookupload", name="workbook_taken_once"),
        migrations.AddField(
            model_name="workbookupload",
            name="period",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="workbooks",
                to="collection.period",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="workbookupload",
            name="period",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="workbooks", to="collection.period"
            ),
        ),
        migrations.AlterField(
            model_name="workbookupload",
            name="submission",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="workbooks",
                to="collection.submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="workbookupload",
            constraint=models.UniqueConstraint(
                fields=["period", "submission", "sha256"], name="workbook_taken_once", nulls_distinct=False
            ),
        ),
    ]
