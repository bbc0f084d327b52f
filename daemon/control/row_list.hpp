#pragma once
// Lists of store rows (decisions, orders, fills, sweeps): settle, read one page of the filter on
// the worker, render. Used by the command groups; control thread.
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/render_reports.hpp"

namespace vault::control {

template <class Row, Result<std::vector<Row>> (ports::StoreReader::*query)(const ports::RowFilter&)>
Handled list_rows(Services& services, const Call& call) {
    const Result<ports::RowFilter> filter = row_filter(call.params);
    if (!filter) co_return filter.error();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    using Rows = std::vector<Row>;
    std::function<Result<Rows>(ReadSide&)> read = [&](ReadSide& side) {
        return (side.reader.get()->*query)(filter.value());
    };
    auto reading = read_on<Rows>(services.worker, read);
    const Result<Rows> rows = co_await std::move(reading);
    if (!rows) co_return rows.error();
    Answer answer;
    answer.data_json = protocol::to_compact(rows_to_json(rows.value()));
    co_return answer;
}

}  // namespace vault::control
