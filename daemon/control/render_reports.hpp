#pragma once
// Rows of the store and figures of the report room as the JSON of a reply's data. Pure; any thread;
// cannot fail.
#include "daemon/ports/audit.hpp"
#include "daemon/ports/candle_library.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/report/decision_why.hpp"
#include "daemon/report/explain.hpp"
#include "daemon/report/history.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/pnl.hpp"
#include "daemon/report/price_candles.hpp"
#include "daemon/report/risk_test.hpp"
#include "daemon/report/span_reports.hpp"
#include "daemon/report/verify.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <string>

namespace vault::control {

using ports::UserNames;

boost::json::value row_to_json(const ports::OrderRow& row, const UserNames& names);
boost::json::value row_to_json(const ports::FillRow& row, const UserNames& names);
// Decisions and sweeps are called by `id` (report/row_ids.hpp).
boost::json::value row_to_json(const ports::DecisionRow& row, const std::string& id,
                               const UserNames& names);
boost::json::value row_to_json(const ports::SweepRow& row, const std::string& id,
                               const UserNames& names);
boost::json::value row_to_json(const ports::EntryRow& row, const UserNames& names);
boost::json::value row_to_json(const ports::EventRow& row, const UserNames& names);
boost::json::value row_to_json(const ports::AuditRow& row, const UserNames& names);

// story, figures and postings: what moved where, one row a posting.
void add_explanation(boost::json::object& object, const report::Explanation& why);
// The figures of a decision by name.
std::map<std::string, std::string> figures_of(const ports::DecisionRow& row);

Result<boost::json::object> report_to_json(const report::PnlReport& report, const UserNames& names);
// Errors: AmountTooLarge for a sum.
Result<boost::json::object> report_to_json(const report::VaultReport& report,
                                           const UserNames& names);
Result<boost::json::object> report_to_json(const report::FeeReport& report, const UserNames& names);
Result<boost::json::object> report_to_json(const report::SweepReport& report,
                                           const UserNames& names);
boost::json::object report_to_json(const report::RiskTest& test);
boost::json::value report_to_json(const std::vector<report::HistorySeries>& series);
boost::json::value report_to_json(const std::vector<report::PriceCandle>& candles);
boost::json::value report_to_json(const report::ExportPage& page);
boost::json::value report_to_json(const report::VerifyResult& result);
boost::json::value report_to_json(const ports::ImportView& view);

}  // namespace vault::control
