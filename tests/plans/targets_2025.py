"""The targets of 2025, read from the plan's sentences by hand.

Code: operator, value, upper limit, level, words of the plan. What stands in neither table has no target.
"""

from decimal import Decimal as D

# The plan states a figure, a zero, a hundred per cent, a comparison or a day.
STATED = {
    "A02-STANDING-COMMITTEE": ("at_least", 1, None, "district", "各不少于1次"),
    "A02-GOV-EXECUTIVE": ("at_least", 1, None, "district", "各不少于1次"),
    "A03-DEMO-SCHOOLS": ("within_range", 2, 3, "district", "2-3所"),
    "A06-BREAK-15": ("at_least", 15, None, "school", "课间15分钟"),
    "A06-ACTIVITY-2H": ("at_least", 2, None, "school", "每天综合体育活动时间不低于2小时"),
    "A06-MYOPIA": ("decrease_by", D("0.5"), None, "district", "近视率下降0.5%"),
    "A06-FITNESS": ("at_least", 54, None, "district", "体质健康优良率达54%以上"),
    "A09-GER": ("at_least", 100, None, "district", "学前三年毛入园率达100%以上"),
    "A09-PUBLIC-SHARE": ("at_least", 60, None, "district", "公办园在园幼儿占比达60%以上"),
    "A09-INCLUSIVE": ("at_least", D("92.5"), None, "district", "普惠园覆盖率达92.5%以上"),
    "A09-CERT": ("equal", 100, None, "district", '教师持证率、学历达标率"双百"目标'),
    "A09-DEGREE": ("equal", 100, None, "district", '教师持证率、学历达标率"双百"目标'),
    "A09-SPED-ENROL": ("equal", 100, None, "district", "特殊学生入学率100%"),
    "A09-SPED-HOME": ("at_most", 10, None, "district", "送教上门比例控制在10%以内"),
    "A14-PROV-EVAL": ("completed", None, None, "district", "年内过省级评估"),
    "A15-TOTAL": ("no_worse_than_baseline", None, None, "district", "“两个只增不减”"),
    "A15-PER-STUDENT": ("no_worse_than_baseline", None, None, "district", "“两个只增不减”"),
    "A16-SMART": ("within_range", 1, 2, "district", "1-2所市级智慧校园"),
    "A17-TUTOR-ZERO": ("equal", 0, None, "district", "“清零”成果"),
    "A18-SEC-GUARD": ("equal", 100, None, "district", "4个100%"),
    "A18-SEC-CLOSED": ("equal", 100, None, "district", "4个100%"),
    "A18-SEC-ALARM": ("equal", 100, None, "district", "4个100%"),
}

# The wording entails a figure (each class, every school, so many named parts) or that something is completed;
# the bureau has still to confirm it.
IMPLIED = {
    "A01-SUPPORT-MEASURES": ("completed", None, None, "district", "研究出台建设教育强区配套措施"),
    "A03-SCHOOL-BRAND": ("equal", 100, None, "district", "“一校一品”"),
    "A03-BRANCH-FEATURE": ("equal", 100, None, "district", "“一支部一特色”"),
    "A05-FIVE-ONE": ("equal", 5, None, "school", "“五个一工程”"),
    "A06-SIX-REQ": (
        "equal",
        6,
        None,
        "school",
        "人都参与、班班有队伍、周周有比赛、月月有活动、校校有成效、层层抓落实",
    ),
    "A06-PE-DAILY": ("equal", 100, None, "district", "每班每天开设1节体育课"),
    "A06-HOME-AWAY": ("completed", None, None, "district", "继续办好小学篮球男子组四强赛主客场制度"),
    "A06-TALENT-POOL": ("completed", None, None, "district", "建立优秀运动队、运动员人才库"),
    "A06-ART-FEST": ("equal", 100, None, "district", "各学校分别开展"),
    "A06-MENTAL-4": ("equal", 4, None, "school", "“健康教育、监测预警、咨询服务、干预处置”四位一体"),
    "A07-JLT-DISTRICT": ("completed", None, None, "district", "成立区校两级“教联体”"),
    "A08-P186": ("completed", None, None, "district", "开展“186”义务教育高质量发展攻坚行动"),
    "A08-SUPPLY-MECH": (
        "completed",
        None,
        None,
        "district",
        "建立同人口变化相协调的基本公共教育服务供给机制",
    ),
    "A09-START": ("completed", None, None, "district", "启动创建国家学前教育普及普惠区三年攻坚行动"),
    "A09-DAILY-GUIDE": ("equal", 100, None, "district", "全面实施《株洲市幼儿园一日生活指南》"),
    "A09-NANHUA": ("completed", None, None, "district", "全力支持南华幼儿园开展体育活动项目试点"),
    "A09-DEMO-KG": ("equal", 2, None, "district", "2个省示范性幼儿园"),
    "A09-STUDIOS": ("equal", 3, None, "district", "3个省市名园长、名师工作室"),
    "A10-CHECK": ("equal", 100, None, "district", "全面落实教职员工准入查询和从业禁止制度"),
    "A10-ZERO-HANDLE": ("equal", 100, None, "district", "坚持师德违规“零容忍”"),
    "A10-134": ("equal", 8, None, "district", "“一三四师德行动”"),
    "A11-CAMP-ACADEMIES": ("equal", 4, None, "district", "“一营三院”"),
    "A16-PC-ROOM": ("equal", 100, None, "district", "完成中小学校学生计算机教室改造"),
    "A16-EXAM-ROOM": (
        "equal",
        100,
        None,
        "district",
        "完成中小学校学生计算机教室改造和初中学业水平实验操作考试考场建设",
    ),
    "A17-NO-EXAM": ("equal", 100, None, "district", "落实义务教育免试入学"),
    "A17-RANDOM-CLASS": ("equal", 100, None, "district", "小学电脑随机编班"),
    "A17-BALANCED-CLASS": ("equal", 100, None, "district", "初中均衡编班"),
    "A18-SEC-ESCORT": ("equal", 100, None, "district", "4个100%"),
}
