"""Every address of the portal and who may open it: one line each.

A builder of a new page adds its line; a page without one fails `test_access.py`. The first word is
the action of the permission matrix, `SIGNED_IN` for everybody who works here, or `PUBLIC`; the
named words say of which kind each argument of the address is (`access_objects.py`).
"""

from typing import NamedTuple

PUBLIC, SIGNED_IN = "public", "signed_in"


class Route(NamedTuple):
    """Who may open an address, how, and what its arguments are."""

    action: str
    methods: tuple
    kinds: dict


def reads(action, **kinds):
    """A page that only shows: GET changes nothing."""
    return Route(action, ("get",), kinds)


def writes(action, **kinds):
    """A deed: POST alone, GET is not a way in."""
    return Route(action, ("post",), kinds)


def fills_in(action, **kinds):
    """A form: GET shows it and changes nothing, POST does the deed."""
    return Route(action, ("get", "post"), kinds)


def steps(app, what, model, kind):
    """The steps of something that two or three people decide (`staff.approval_doors`)."""
    doers = {"submit": "make", "review": "review", "approve": "approve", "return": "return"}
    return {
        f"{app}:{step}_{model}": writes(f"{doer}_{what}", **{f"{model}_id": kind})
        for step, doer in (doers | {"withdraw": "make"}).items()
    }


ROUTES = {
    # pension_portal
    "health": reads(PUBLIC),
    "set_language": fills_in(PUBLIC),
    # staff
    "staff:home": reads(SIGNED_IN),
    "staff:sign_in": fills_in(PUBLIC),
    "staff:sign_out": writes(PUBLIC),
    "staff:me": reads(SIGNED_IN),
    "staff:change_password": fills_in(SIGNED_IN),
    "staff:staff_list": reads("view_staff"),
    "staff:person": reads("view_staff", staff_id="person"),
    "staff:open_account": fills_in("grant_duty"),
    "staff:grant": writes("grant_duty", staff_id="person"),
    "staff:end_duty": writes("grant_duty", duty_id="duty"),
    "staff:reset_password": writes("grant_duty", staff_id="person"),
    "staff:close_account": writes("grant_duty", staff_id="person"),
    "staff:reopen_account": writes("grant_duty", staff_id="person"),
    "staff:trail": reads("view_audit"),
    "staff:looks": reads("view_audit"),
    "staff:exports": reads("take_exports"),
    "staff:new_export": fills_in("export_people"),
    "staff:export": reads("take_exports", export_id="export"),
    "staff:export_state": reads("take_exports", export_id="export"),
    "staff:download_export": writes("take_exports", export_id="export"),
    "staff:approve_export": writes("approve_export", export_id="export"),
    "staff:return_export": writes("approve_export", export_id="export"),
    "staff:withdraw_export": writes("export_many", export_id="export"),
    "staff:hand_over_export": writes("export_many", export_id="export"),
    # townships
    "townships:areas": reads("view_areas"),
    "townships:area": reads("view_areas", code="area"),
    "townships:areas_excel": reads("view_areas", code="area"),
    "townships:load_areas": fills_in("change_areas"),
    "townships:rename_area": writes("change_areas", code="area"),
    "townships:merge_towns": writes("change_areas", code="area"),
    "townships:add_alias": writes("change_areas", code="area"),
    "townships:remove_alias": writes("change_areas", alias_id="alias"),
    "townships:set_contact": writes("change_areas", code="area"),
    "townships:remove_contact": writes("change_areas", contact_id="contact"),
    "townships:tasks": reads("view_progress"),
    "townships:task": reads("view_progress", plan_id="plan"),
    "townships:task_excel": reads("view_progress", plan_id="plan"),
    "townships:town_task": reads("view_progress", plan_id="plan", code="town"),
    "townships:town_task_excel": reads("view_progress", plan_id="plan", code="town"),
    "townships:new_plan": fills_in("set_quotas"),
    "townships:edit_plan": fills_in("set_quotas", plan_id="plan"),
    "townships:upload_annex": fills_in("set_quotas", plan_id="plan"),
    "townships:edit_quotas": fills_in("set_quotas", plan_id="plan", code="area"),
    # policies
    "policies:list": reads("view_policy"),
    "policies:load": fills_in("load_policy"),
    "policies:version": reads("view_policy", policy_id="policy"),
    "policies:tiers": reads("view_policy", policy_id="policy"),
    "policies:difference": reads("view_policy", policy_id="policy"),
    "policies:source": reads("view_policy", policy_id="policy"),
    "policies:publish": writes("publish_policy", policy_id="policy"),
    "policies:withdraw": fills_in("publish_policy", policy_id="policy"),
    # enrollment
    "enrollment:residents": reads("view_person"),
    "enrollment:new_person": fills_in("enrol"),
    "enrollment:check_newcomer": writes("enrol"),
    "enrollment:keep_draft": writes("enrol"),
    "enrollment:clear_draft": writes("enrol"),
    "enrollment:new_paper": writes("enrol"),
    "enrollment:lost_tiers": reads("view_person"),
    "enrollment:hits": writes("view_person"),
    "enrollment:pasted": fills_in("view_person"),
    "enrollment:resident": reads("view_person", resident_id="resident"),
    "enrollment:reveal_secret": writes("reveal_person", resident_id="resident"),
    "enrollment:hidden_secret": reads("view_person", resident_id="resident", what="secret"),
    "enrollment:resident_cases": reads("view_case", resident_id="resident"),
    "enrollment:new_case": fills_in("make_case", resident_id="resident", kind="case_kind"),
    "enrollment:cases": reads("view_case"),
    "enrollment:register_newcomer": fills_in("make_case"),
    "enrollment:move_newcomer_in": fills_in("make_case"),
    "enrollment:case": reads("view_case", case_id="case"),
    "enrollment:edit_case": fills_in("make_case", case_id="case"),
    "enrollment:submit_case": writes("make_case", case_id="case"),
    "enrollment:review_case": writes("review_case", case_id="case"),
    "enrollment:approve_case": writes("approve_case", case_id="case"),
    "enrollment:return_case": writes("return_case", case_id="case"),
    "enrollment:withdraw_case": writes("make_case", case_id="case"),
    "enrollment:print_case": reads("view_case", case_id="case"),
    "enrollment:reveal_item": writes("reveal_person", case_id="case", item="case_item"),
    "enrollment:hidden_item": reads("view_case", case_id="case", item="case_item"),
    "enrollment:add_paper": writes("make_case", case_id="case"),
    "enrollment:paper": reads("view_case", case_id="case", paper_id="case_paper"),
    "enrollment:remove_paper": writes("make_case", case_id="case", paper_id="case_paper"),
    "enrollment:months": reads("view_case"),
    "enrollment:send_month": writes("send_month"),
    "enrollment:report": reads("view_case", report_id="report"),
    "enrollment:approve_several": writes("approve_case", report_id="report"),
    "enrollment:shared_accounts": reads("view_person"),
    "enrollment:roster_imports": reads("view_roster"),
    "enrollment:upload_roster": writes("import_roster"),
    "enrollment:empty_roster": reads("import_roster"),
    "enrollment:roster_import": reads("view_roster", roster_id="roster"),
    "enrollment:roster_state": reads("view_roster", roster_id="roster"),
    "enrollment:confirm_columns": writes("import_roster", roster_id="roster"),
    "enrollment:decide_ends": writes("approve_end", roster_id="roster"),
    "enrollment:load_all_the_same": writes("import_roster", roster_id="roster"),
    "enrollment:read_again": writes("import_roster", roster_id="roster"),
    "enrollment:cancel_import": writes("import_roster", roster_id="roster"),
    "enrollment:roster_copy": reads("view_roster", roster_id="roster"),
    "enrollment:department_lists": reads("view_department_list"),
    "enrollment:upload_list": writes("upload_department_list"),
    "enrollment:department_list": reads("view_department_list", list_id="department_list"),
    "enrollment:list_state": reads("view_department_list", list_id="department_list"),
    "enrollment:confirm_list_columns": writes("upload_department_list", list_id="department_list"),
    "enrollment:apply_identities": writes("apply_identity_list", list_id="department_list"),
    "enrollment:open_conflicts": writes("upload_department_list", list_id="department_list"),
    "enrollment:compare_list_again": writes("upload_department_list", list_id="department_list"),
    "enrollment:cancel_list": writes("upload_department_list", list_id="department_list"),
    "enrollment:list_copy": reads("upload_department_list", list_id="department_list"),
    "enrollment:list_print": reads("export_people", list_id="department_list"),
    "enrollment:list_difference": reads("export_people", list_id="department_list"),
    "enrollment:list_difference_excel": reads("export_people", list_id="department_list"),
    "enrollment:departments": reads("view_department_list"),
    "enrollment:set_up_departments": writes("change_departments"),
    "enrollment:name_certifiers": writes("change_departments"),
    "enrollment:add_department": writes("change_departments"),
    "enrollment:remove_department": writes("change_departments", department_id="department"),
    "enrollment:expect_list": writes("change_departments"),
    "enrollment:stop_expecting": writes("change_departments", expected_id="expected_list"),
    "enrollment:add_word": writes("change_departments"),
    "enrollment:remove_word": writes("change_departments", word_id="identity_word"),
    "enrollment:area_households": reads("view_person", area_code="area"),
    "enrollment:unplaced_people": reads("view_person", area_code="area"),
    "enrollment:place_people": writes("change_household", area_code="area"),
    "enrollment:household": reads("view_person", household_id="household"),
    "enrollment:merge_household": writes("change_household", household_id="household"),
    "enrollment:split_household": writes("change_household", household_id="household"),
    "enrollment:join_household": writes("change_household", household_id="household"),
    "enrollment:leave_household": writes("change_household", resident_id="resident"),
    "enrollment:exempt_member": writes("change_household", household_id="household"),
    "enrollment:end_exemption": writes("change_household", exemption_id="exemption_of_member"),
    "enrollment:conflicts": reads("view_person"),
    "enrollment:comparison_log": reads("view_department_list"),
    "enrollment:conflict": reads("view_person", conflict_id="conflict"),
    "enrollment:take_conflict": writes("settle_conflict", conflict_id="conflict"),
    "enrollment:give_back_conflict": writes("settle_conflict", conflict_id="conflict"),
    "enrollment:settle_conflict": writes("settle_conflict", conflict_id="conflict"),
    # contributions
    "contributions:paid_marks": reads("view_person"),
    "contributions:renewal": reads("view_person", resident_id="resident"),
    "contributions:renew": writes("enrol", resident_id="resident"),
    "contributions:feeds": reads("view_feed"),
    "contributions:unmatched_towns": reads("change_areas"),
    "contributions:waiting": reads("view_feed"),
    "contributions:waiting_exceptions": reads("view_exception"),
    "contributions:upload_feed": writes("upload_feed"),
    "contributions:feed": reads("view_feed", feed_id="feed"),
    "contributions:feed_progress": reads("view_feed", feed_id="feed"),
    "contributions:confirm_columns": writes("upload_feed", feed_id="feed"),
    "contributions:cancel_feed": writes("cancel_feed", feed_id="feed"),
    "contributions:approve_feed": writes("post_feed", feed_id="feed"),
    "contributions:reverse_feed": writes("reverse_feed", feed_id="feed"),
    "contributions:feed_rows": reads("view_feed", feed_id="feed"),
    "contributions:feed_row": reads("view_feed", feed_id="feed", row_no="feed_row"),
    "contributions:feed_faults": reads("view_feed", feed_id="feed"),
    "contributions:exceptions": reads("view_exception"),
    "contributions:exception": reads("view_exception", exception_id="exception"),
    "contributions:settle_several": writes("settle_exception"),
    "contributions:accept": writes("settle_exception", exception_id="exception"),
    "contributions:set_aside": writes("settle_exception", exception_id="exception"),
    "contributions:put_back": writes("settle_exception", exception_id="exception"),
    "contributions:other_county": writes("settle_exception", exception_id="exception"),
    "contributions:refund_exception": writes("settle_exception", exception_id="exception"),
    "contributions:undo_settlement": writes("settle_exception", exception_id="exception"),
    "contributions:enrol_payer": writes("enrol", exception_id="exception"),
    "contributions:skip_exception": writes("settle_exception", exception_id="exception"),
    "contributions:claim_exception": writes("settle_exception", exception_id="exception"),
    "contributions:claim_several": writes("settle_exception"),
    "contributions:repairs": reads("view_exception"),
    "contributions:repair": reads("view_exception", repair_id="repair"),
    "contributions:exception_faults": reads("settle_exception", feed_id="feed"),
    "contributions:give_back_repair": writes("settle_exception", feed_id="feed"),
    "contributions:settlement_proposals": reads("view_exception"),
    "contributions:settlement_proposal": reads("view_exception", proposal_id="settlement_proposal"),
    "contributions:submit_settlementproposal": writes(
        "settle_exception", settlementproposal_id="settlement_proposal"
    ),
    "contributions:review_settlementproposal": writes(
        "review_large_exception", settlementproposal_id="settlement_proposal"
    ),
    "contributions:approve_settlementproposal": writes(
        "approve_large_exception", settlementproposal_id="settlement_proposal"
    ),
    "contributions:return_settlementproposal": writes(
        "return_large_exception", settlementproposal_id="settlement_proposal"
    ),
    "contributions:withdraw_settlementproposal": writes(
        "settle_exception", settlementproposal_id="settlement_proposal"
    ),
    "contributions:determinations": reads("view_determination"),
    "contributions:new_determination": fills_in("make_determination"),
    "contributions:determination": reads("view_determination", determination_id="determination"),
    "contributions:approve_determination": writes(
        "approve_determination", determination_id="determination"
    ),
    "contributions:reject_determination": writes(
        "approve_determination", determination_id="determination"
    ),
    "contributions:settings": reads("view_settings"),
    "contributions:propose_settings": writes("propose_settings"),
    "contributions:approve_settings": writes("approve_settings", proposal_id="proposal"),
    "contributions:reject_settings": writes("approve_settings", proposal_id="proposal"),
    "contributions:transfer": reads(
        "view_transfer", county_code="county", year="year", number="transfer"
    ),
    "contributions:payment_record": reads("print_record", resident_id="resident"),
    "contributions:resident_year": reads("view_person", resident_id="resident"),
    "contributions:resident_payments": reads("view_person", resident_id="resident"),
    "contributions:unpaid": reads("view_person", area_code="area"),
    "contributions:unpaid_excel": reads("export_people", area_code="area"),
    "contributions:unpaid_phones": writes("export_phones", area_code="area"),
    "contributions:paid": reads("view_person", area_code="area"),
    "contributions:withholdings": reads("view_withholding"),
    "contributions:draw_up_withholding": writes("make_withholding"),
    "contributions:withholding": reads("view_withholding", withholdingbatch_id="withholding"),
    "contributions:send_withholding": writes("send_withholding", withholdingbatch_id="withholding"),
    "contributions:answer_withholding": writes(
        "send_withholding", withholdingbatch_id="withholding"
    ),
    **steps("contributions", "withholding", "withholdingbatch", "withholding"),
    "contributions:tie_out": reads("view_tie_out"),
    "contributions:tie_out_day": reads("view_tie_out", day="day"),
    "contributions:close_day": writes("make_day_close", day="day"),
    "contributions:reopen_day": writes("reopen_day", day="day"),
    "contributions:day_close": reads("view_tie_out", dayclose_id="day_close"),
    **steps("contributions", "day_close", "dayclose", "day_close"),
    "contributions:in_transit": reads("view_tie_out"),
    "contributions:statements": reads("view_tie_out"),
    "contributions:upload_statement": writes("upload_statement"),
    "contributions:statement": reads("view_tie_out", statement_id="statement"),
    "contributions:withdraw_statement": writes("upload_statement", statement_id="statement"),
    "contributions:holidays": reads("view_tie_out"),
    "contributions:fill_holidays": writes("change_holidays"),
    "contributions:set_holiday": writes("change_holidays"),
    "contributions:forget_holiday": writes("change_holidays", holiday_id="holiday"),
    "contributions:unpaid_count": reads("view_person", area_code="area"),
    "contributions:assign": writes("assign_chase", area_code="area"),
    "contributions:save_filter": writes("view_person", area_code="area"),
    "contributions:drop_filter": writes("view_person", filter_id="saved_filter"),
    "contributions:chase_worker": reads(PUBLIC),
    "contributions:chase_token": reads("note_contact"),
    "contributions:calls": reads("note_contact", village_code="village"),
    "contributions:call_list": reads("note_contact", village_code="village"),
    "contributions:send_contacts": writes("note_contact", village_code="village"),
    "contributions:resident_contacts": reads("view_person", resident_id="resident"),
    "contributions:add_contact": writes("note_contact", resident_id="resident"),
    "contributions:take_back_contact": writes("note_contact", contact_id="contact_made"),
    "contributions:leads": reads("view_person"),
    "contributions:decide_lead": writes("decide_lead", lead_id="lead"),
    "contributions:collectors": reads("view_person"),
    "contributions:new_collector": fills_in("set_collectors"),
    "contributions:edit_collector": fills_in("set_collectors", collector_id="collector"),
    "contributions:papers": reads("view_person"),
    "contributions:save_message": writes("set_papers"),
    "contributions:upload_template": writes("set_papers"),
    "contributions:map_columns": writes("set_papers"),
    "contributions:drop_template": writes("set_papers"),
    # subsidies
    "subsidies:resident_entitlements": reads("view_person", resident_id="resident"),
    "subsidies:resident_why": reads("view_person", resident_id="resident"),
    "subsidies:why_json": reads("view_person", resident_id="resident"),
    "subsidies:affected": reads("view_policy", policy_id="policy"),
    "subsidies:affected_totals": reads("view_policy", policy_id="policy"),
    "subsidies:affected_people": reads("view_person", policy_id="policy"),
    "subsidies:affected_excel": reads("export_people", policy_id="policy"),
    # benefits
    "benefits:resident_account": reads("view_account", resident_id="resident"),
    "benefits:account": reads("view_account", resident_id="resident"),
    "benefits:new_settlement": fills_in("make_settlement", resident_id="resident"),
    "benefits:new_move": fills_in("make_settlement", resident_id="resident"),
    "benefits:interest": reads("view_interest"),
    "benefits:new_terms": fills_in("make_interest"),
    "benefits:terms": reads("view_interest", interestterms_id="interest_terms"),
    "benefits:start_run": writes("make_interest", interestterms_id="interest_terms"),
    "benefits:run": reads("view_interest", interestrun_id="interest_run"),
    "benefits:settlements": reads("view_settlement"),
    "benefits:settlement": reads("view_settlement", settlement_id="settlement"),
    "benefits:pay_settlement": writes("pay_settlement", settlement_id="settlement"),
    "benefits:move": reads("view_settlement", accountmove_id="account_move"),
    "benefits:edit_accountmove": fills_in("make_settlement", accountmove_id="account_move"),
    **steps("benefits", "interest", "interestterms", "interest_terms"),
    **steps("benefits", "interest", "interestrun", "interest_run"),
    **steps("benefits", "settlement", "settlement", "settlement"),
    **steps("benefits", "settlement", "accountmove", "account_move"),
    # oversight
    "oversight:own_progress": reads("view_progress"),
    "oversight:headline": reads("view_progress"),
    "oversight:progress": reads("view_progress", area_code="area"),
    "oversight:charts": reads("view_progress", area_code="area"),
    "oversight:progress_excel": reads("view_progress", area_code="area"),
    "oversight:bulletins": reads("view_bulletin"),
    "oversight:draft_bulletin": writes("draft_bulletin"),
    "oversight:bulletin_template": fills_in("draft_bulletin"),
    "oversight:download_template": reads("draft_bulletin"),
    "oversight:bulletin": reads("view_bulletin", bulletin_id="bulletin"),
    "oversight:edit_bulletin": fills_in("draft_bulletin", bulletin_id="bulletin"),
    "oversight:submit_bulletin": writes("draft_bulletin", bulletin_id="bulletin"),
    "oversight:withdraw_bulletin": writes("draft_bulletin", bulletin_id="bulletin"),
    "oversight:approve_bulletin": writes("issue_bulletin", bulletin_id="bulletin"),
    "oversight:return_bulletin": writes("issue_bulletin", bulletin_id="bulletin"),
    "oversight:bulletin_pdf": reads("view_bulletin", bulletin_id="bulletin"),
    "oversight:bulletin_word": reads("view_bulletin", bulletin_id="bulletin"),
    "oversight:bulletin_excel": reads("view_bulletin", bulletin_id="bulletin"),
    "oversight:notices": reads("view_notice"),
    "oversight:new_notice": fills_in("draw_up_notice"),
    "oversight:notice_settings": fills_in("set_notices"),
    "oversight:objections": reads("view_notice"),
    "oversight:answer_objection": writes("answer_objection", objection_id="objection"),
    "oversight:notice_bundle": reads("view_notice", bundle_id="bundle"),
    "oversight:notice": reads("view_notice", notice_id="notice"),
    "oversight:notice_state": reads("view_notice", notice_id="notice"),
    "oversight:notice_sheet": reads("view_notice", sheet_id="notice_sheet"),
    "oversight:sheet_pdf": reads("view_notice", sheet_id="notice_sheet"),
    "oversight:sheet_excel": reads("view_notice", sheet_id="notice_sheet"),
    "oversight:post_sheet": writes("post_notice", sheet_id="notice_sheet"),
    "oversight:take_down_sheet": writes("post_notice", sheet_id="notice_sheet"),
    "oversight:sheet_photo": reads("view_notice", sheet_id="notice_sheet", which="photo"),
    "oversight:raise_objection": writes("raise_objection", sheet_id="notice_sheet"),
}
