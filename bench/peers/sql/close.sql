alter table raw add primary key (row_no);
do $$
begin
    if (select count(*) from raw) <> (select count(distinct row_no) from ledger where row_no is not null)
        + (select count(*) from held) then raise 'rows lost';
    end if;
end $$;
drop table judged, removed, chosen;
