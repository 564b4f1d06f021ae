// Runs on Odoo's login page, where nobody is logged in.
import { forgetUsers } from "./core/forget.js";

forgetUsers();
