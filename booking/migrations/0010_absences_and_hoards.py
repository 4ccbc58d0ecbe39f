"""A clinician can be away, and a time that a patient picked says where it is held from."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0009_times_do_not_overlap'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('reason', models.CharField(blank=True, help_text='Staff alone see it.', max_length=80, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'absence',
                'verbose_name_plural': 'absences',
                'ordering': ['begins_at', 'clinician'],
            },
        ),
        migrations.AddField(
            model_name='opentime',
            name='held_from',
            field=models.CharField(blank=True, default='', editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name='opentime',
            constraint=models.CheckConstraint(condition=models.Q(('held_from', ''), ('state', 'held'), _connector='OR'), name='only_a_held_time_says_where_it_is_held_from'),
        ),
        migrations.AddField(
            model_name='absence',
            name='clinician',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='booking.clinician', verbose_name='clinician'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(fields=['clinician', 'ends_at'], name='absences_of_a_clinician'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('begins_at'))), name='an_absence_ends_after_it_begins', violation_error_message='The end must be later than the beginning.'),
        ),
    ]
