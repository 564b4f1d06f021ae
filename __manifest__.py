{
    "name": "Cycle Counts",
    "version": "19.0.1.0.0",
    "summary": "Count stock while the warehouse works: sessions, variances, posting",
    "category": "Supply Chain/Inventory",
    "author": "Cycle Counts",
    "license": "LGPL-3",
    "depends": ["stock"],
    "data": [
        # Groups before everything that names them
        "security/stock_count_groups.xml",
        "security/stock_count_rules.xml",
        "security/ir.model.access.csv",
        # Record data
        "data/stock_count_reason_data.xml",
        "data/stock_count_cron.xml",
        "data/stock_count_job_data.xml",
        "data/stock_count_approval_data.xml",
        "data/stock_count_history_data.xml",
        # Reports before the views whose buttons print them
        "report/stock_count_report_templates.xml",
        "report/stock_count_review_report.xml",
        "report/stock_count_reports.xml",
        # Wizards before the menus that open them
        "wizards/stock_count_create_views.xml",
        "wizards/stock_count_report_wizard_views.xml",
        "wizards/stock_count_split_views.xml",
        "wizards/stock_count_answer_views.xml",
        # Views
        "views/stock_count_line_views.xml",
        "views/stock_count_entry_views.xml",
        "views/stock_count_session_views.xml",
        "views/stock_count_exception_views.xml",
        "views/stock_count_job_views.xml",
        "views/stock_count_approval_views.xml",
        "views/stock_count_history_views.xml",
        "views/stock_count_reason_views.xml",
        "views/stock_count_tolerance_views.xml",
        "views/stock_move_views.xml",
        "views/stock_move_line_views.xml",
        "views/stock_quant_views.xml",
        "views/product_views.xml",
        "views/stock_location_views.xml",
        "views/stock_lot_views.xml",
        "views/res_config_settings_views.xml",
        "views/stock_count_app_templates.xml",
        "views/stock_count_menus.xml",
        "views/stock_count_report_menus.xml",
    ],
    "demo": [
        # Groups before the warehouse, which looks at them
        "demo/res_users_demo.xml",
        "demo/res_partner_demo.xml",
        "demo/product_category_demo.xml",
        "demo/product.product.csv",
        "demo/product.supplierinfo.csv",
        # Places, then what lies there
        "demo/stock_warehouse_demo.xml",
        "demo/stock.location.csv",
        "demo/stock.lot.csv",
        "demo/stock_quant_demo.xml",
        # Open transfers before the counts that meet them
        "demo/stock_picking_demo.xml",
        "demo/stock_count_session_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "stock_count/static/src/count_sheet/**/*",
            "stock_count/static/src/count_job/**/*",
            "stock_count/static/src/count_report/**/*",
        ],
        "web.assets_unit_tests": [
            "stock_count/static/tests/**/*_test_helpers.js",
            "stock_count/static/tests/**/*.test.js",
        ],
        "web.assets_tests": [
            "stock_count/static/tests/tours/**/*",
        ],
    },
    "application": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
