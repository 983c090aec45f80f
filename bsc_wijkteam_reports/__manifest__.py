{
    "name": "Neighbourhood Sports Coach: Reports",
    "version": "19.0.1.1.0",
    "category": "Services",
    "summary": "Show how referrals go, in a dashboard and in an analysis",
    "author": "BSC Wijkteam",
    "license": "LGPL-3",
    "depends": ["bsc_wijkteam", "spreadsheet_dashboard"],
    "data": [
        "security/ir.model.access.csv",
        "security/bsc_wijkteam_reports_security.xml",
        "report/bsc_gap_report_views.xml",
        "report/bsc_referral_report_views.xml",
        "views/bsc_wijkteam_reports_menus.xml",
        "data/spreadsheet_dashboard_data.xml",
    ],
}
