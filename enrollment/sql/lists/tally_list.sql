-- Count what the comparison found: people by verdict, changes by kind, rows sent back.
update enrollment_departmentlist l
set counts = (
        select coalesce(jsonb_object_agg(verdict, number), '{}')
        from (
            select verdict, count(*) as number
            from enrollment_listedperson
            where list_id = %(list_id)s
            group by verdict
        ) verdicts
    ) || (
        select jsonb_build_object(
            'people', count(*),
            'persons', count(distinct id_index),
            -- What was agreed to is told apart from what comes of it later by more than its counts.
            'digest', (
                select md5(coalesce(string_agg(
                    concat_ws(' ', kind, resident_id, identity, grade, valid_to), ','
                    order by resident_id, identity, kind
                ), ''))
                from enrollment_listchange where list_id = %(list_id)s
            ),
            'dropped', (
                select count(*) from enrollment_listchange
                where list_id = %(list_id)s and kind = 'dropped'
            )
        )
        from enrollment_listedperson
        where list_id = %(list_id)s
    ),
    rows_bad = (
        select count(distinct (sheet_number, row_number))
        from enrollment_listfault
        where list_id = %(list_id)s and not is_warning
    ),
    compared_at = %(now)s
where l.id = %(list_id)s;
