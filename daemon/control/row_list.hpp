#pragma once
// Store rows on their way to a reply: read on the worker together with the names of their users and
// their own, then rendered. Lists settle first, so that what was answered before is in them. Used
// by the command groups; read_* run on the worker's thread, the rest on the control thread.
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"
#include "daemon/report/row_ids.hpp"

#include <boost/json/array.hpp>

namespace vault::control {

// Looks names up once each.
class NameReader {
  public:
    explicit NameReader(ports::StoreReader& reader) : reader_(reader) {}
    Result<void> learn(UserId id) {
        if (names_.contains(id)) return success();
        VAULT_TRY(const auto row, reader_.user(id));
        names_.emplace(id, row ? row->name : to_text(id));
        return success();
    }
    const UserNames& names() const { return names_; }

  private:
    ports::StoreReader& reader_;
    UserNames names_;
};

// Rows that name their user, as JSON; `ids` for those that have no number of their own.
template <class Row>
Result<json::array> read_json(ports::StoreReader& reader, const std::vector<Row>& rows) {
    NameReader known(reader);
    for (const Row& row : rows) {
        VAULT_TRYV(known.learn(row.owner.user));
    }
    json::array list;
    list.reserve(rows.size());
    if constexpr (requires { report::ids_of(reader, rows); }) {
        VAULT_TRY(const auto ids, report::ids_of(reader, rows));
        for (std::size_t i = 0; i < rows.size(); ++i)
            list.push_back(row_to_json(rows[i], ids[i], known.names()));
    } else {
        for (const Row& row : rows)
            list.push_back(row_to_json(row, known.names()));
    }
    return list;
}

template <class Row>
Result<json::object> read_json(ports::StoreReader& reader, const Row& row) {
    VAULT_TRY(const json::array list, read_json(reader, std::vector<Row>{row}));
    return list.front().as_object();
}

inline Answer answer_with(const json::value& data) {
    Answer answer;
    answer.data_json = protocol::to_compact(data);
    return answer;
}

// Settles, then answers with what `read` makes on the worker.
template <class Json>
Handled answer_read(Services& services, const Call& call,
                    std::function<Result<Json>(ReadSide&)> read) {
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    auto reading = read_on<Json>(services.worker, std::move(read));
    const Result<Json> data = co_await std::move(reading);
    if (!data) co_return data.error();
    co_return answer_with(data.value());
}

// Steps `pages` to its end on the worker, with room for others between two steps.
template <typename Pages>
boost::asio::awaitable<Result<void>> read_pages(Services& services, const Call& call,
                                                Pages& pages) {
    std::function<Result<bool>(ReadSide&)> step = [&](ReadSide& side) {
        return pages.step(*side.reader);
    };
    for (bool more = true; more;) {
        const Result<void> wanted = still_wanted(services, call);
        if (!wanted) co_return wanted.error();
        auto stepping = read_on<bool>(services.worker, step);
        const Result<bool> stepped = co_await std::move(stepping);
        if (!stepped) co_return stepped.error();
        more = stepped.value();
    }
    co_return success();
}

template <class Row, Result<std::vector<Row>> (ports::StoreReader::*query)(const ports::RowFilter&)>
Handled list_rows(Services& services, const Call& call) {
    const Result<ports::RowFilter> filter = row_filter(call.params);
    if (!filter) co_return filter.error();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    std::function<Result<json::array>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::array> {
        VAULT_TRY(const auto rows, (side.reader.get()->*query)(filter.value()));
        return read_json(*side.reader, rows);
    };
    auto answering = answer_read<json::array>(services, call, read);
    co_return co_await std::move(answering);
}

}  // namespace vault::control
