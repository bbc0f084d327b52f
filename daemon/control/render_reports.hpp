#pragma once
// Rows of the store and figures of the report room as the JSON of a reply's data. Pure; any thread;
// cannot fail.
#include "daemon/ports/candle_library.hpp"
#include "daemon/ports/rows.hpp"
#include "daemon/report/decision_why.hpp"
#include "daemon/report/history.hpp"
#include "daemon/report/journal.hpp"
#include "daemon/report/pnl.hpp"
#include "daemon/report/verify.hpp"

#include <boost/json/value.hpp>

namespace vault::control {

boost::json::value row_to_json(const ports::OrderRow& row);
boost::json::value row_to_json(const ports::FillRow& row);
boost::json::value row_to_json(const ports::DecisionRow& row);
boost::json::value row_to_json(const ports::SweepRow& row);
boost::json::value row_to_json(const ports::EntryRow& row);
boost::json::value row_to_json(const ports::EventRow& row);

template <class Row>
boost::json::value rows_to_json(const std::vector<Row>& rows);

boost::json::value report_to_json(const report::PnlReport& report);
boost::json::value report_to_json(const report::DecisionWhy& why);
boost::json::value report_to_json(const std::vector<report::HistorySeries>& series);
boost::json::value report_to_json(const report::ExportPage& page);
boost::json::value report_to_json(const report::VerifyResult& result);
boost::json::value report_to_json(const ports::ImportView& view);

}  // namespace vault::control
