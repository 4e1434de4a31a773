"""A payment is held for any insurance that is the same twice, not for pensions alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contributions", "0015_aid"),
    ]

    operations = [
        migrations.AlterField(
            model_name="feedrow",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("", "入账"),
                    ("S01", "医疗保险"),
                    ("S02", "税务尚未缴费"),
                    ("S03", "在途，尚未入库"),
                    ("S04", "人工剔除"),
                    ("E01", "证件号码不能用"),
                    ("E02", "姓名不符"),
                    ("E03", "缴费未参保"),
                    ("E04", "外县区参保"),
                    ("E05", "金额不是本年档次"),
                    ("E06", "本年已缴"),
                    ("E07", "年度不符或补缴未核定"),
                    ("E08", "与补缴核定不一致"),
                    ("E09", "不在缴费状态"),
                    ("E10", "已参加职工或机关保险"),
                    ("E11", "缴费地与参保地不同"),
                    ("E14", "退费找不到原缴费"),
                    ("E15", "险种不明"),
                    ("E16", "代缴档次但无代缴身份"),
                    ("E17", "代缴身份已终止"),
                    ("E18", "重复行"),
                ],
                max_length=3,
                verbose_name="核对结果",
            ),
        ),
        migrations.AlterField(
            model_name="feedtally",
            name="code",
            field=models.CharField(
                choices=[
                    ("", "入账"),
                    ("S01", "医疗保险"),
                    ("S02", "税务尚未缴费"),
                    ("S03", "在途，尚未入库"),
                    ("S04", "人工剔除"),
                    ("E01", "证件号码不能用"),
                    ("E02", "姓名不符"),
                    ("E03", "缴费未参保"),
                    ("E04", "外县区参保"),
                    ("E05", "金额不是本年档次"),
                    ("E06", "本年已缴"),
                    ("E07", "年度不符或补缴未核定"),
                    ("E08", "与补缴核定不一致"),
                    ("E09", "不在缴费状态"),
                    ("E10", "已参加职工或机关保险"),
                    ("E11", "缴费地与参保地不同"),
                    ("E14", "退费找不到原缴费"),
                    ("E15", "险种不明"),
                    ("E16", "代缴档次但无代缴身份"),
                    ("E17", "代缴身份已终止"),
                    ("E18", "重复行"),
                ],
                max_length=3,
            ),
        ),
        migrations.AlterField(
            model_name="paymentexception",
            name="code",
            field=models.CharField(
                choices=[
                    ("", "入账"),
                    ("S01", "医疗保险"),
                    ("S02", "税务尚未缴费"),
                    ("S03", "在途，尚未入库"),
                    ("S04", "人工剔除"),
                    ("E01", "证件号码不能用"),
                    ("E02", "姓名不符"),
                    ("E03", "缴费未参保"),
                    ("E04", "外县区参保"),
                    ("E05", "金额不是本年档次"),
                    ("E06", "本年已缴"),
                    ("E07", "年度不符或补缴未核定"),
                    ("E08", "与补缴核定不一致"),
                    ("E09", "不在缴费状态"),
                    ("E10", "已参加职工或机关保险"),
                    ("E11", "缴费地与参保地不同"),
                    ("E14", "退费找不到原缴费"),
                    ("E15", "险种不明"),
                    ("E16", "代缴档次但无代缴身份"),
                    ("E17", "代缴身份已终止"),
                    ("E18", "重复行"),
                ],
                max_length=3,
                verbose_name="原因",
            ),
        ),
    ]
