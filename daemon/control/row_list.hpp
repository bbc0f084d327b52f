#pragma once
// Store rows on their way to a reply: read on the worker together with the names of their users and
// their own, then rendered. Lists settle first, so that what was answered before is in them. Used
// by the command groups; read_* run on the worker's thread, the rest on the control thread.
#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/render_reports.hpp"
#include "daemon/report/pages.hpp"
#include "daemon/report/row_ids.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

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

// What a proof that failed says to do.
inline constexpr const char* kChangedOutside =
    "the store is not as vaultd wrote it: do not trade on it; keep its files as they are, restore "
    "the newest backup that verifies, and compare the two";

// How long one reader keeps the worker before others get their turn.
inline constexpr SteadyTime kReadSlice = std::chrono::milliseconds{20};

// Steps `pages` to its end on the worker, in slices of about kReadSlice.
template <typename Pages>
boost::asio::awaitable<Result<void>> read_pages(Services& services, const Call& call,
                                                Pages& pages) {
    std::function<Result<bool>(ReadSide&)> step = [&](ReadSide& side) -> Result<bool> {
        const SteadyTime until = services.clock.steady() + kReadSlice;
        for (;;) {
            VAULT_TRY(const bool more, pages.step(*side.reader));
            if (!more || services.clock.steady() >= until) return more;
        }
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

// Drops what is above `limit` of rows that are oldest first. True if there was any: that many and
// one more were asked for.
template <class Row>
bool keep_newest(std::vector<Row>& rows, std::uint32_t limit) {
    if (rows.size() <= limit) return false;
    rows.erase(rows.begin(), rows.end() - std::ptrdiff_t{limit});
    return true;
}

// What a list that was cut says: `rest` tells how to see what is not in it.
inline std::string cut_note(std::uint32_t limit, std::string_view rest) {
    return fmt::format("only the latest {} are shown, there are more: {}", limit, rest);
}

// The rows before the oldest shown one. Those of its own instant come again, lest one be missed.
inline std::string earlier_rows(UtcTime oldest) {
    return fmt::format("for the earlier ones --until {}, or a higher --limit (at most 10000)",
                       format_utc(oldest + Duration{1}));
}

struct Listed {
    json::array rows;
    std::vector<std::string> notes;
};

template <class Row, Result<std::vector<Row>> (ports::StoreReader::*query)(const ports::RowFilter&)>
Result<Listed> read_list(ports::StoreReader& reader, ports::RowFilter filter) {
    const std::uint32_t limit = filter.limit++;
    VAULT_TRY(std::vector<Row> rows, (reader.*query)(filter));
    Listed list;
    if (keep_newest(rows, limit))
        list.notes.push_back(cut_note(limit, earlier_rows(report::row_time(rows.front()))));
    VAULT_TRY(list.rows, read_json(reader, rows));
    return list;
}

template <class Row, Result<std::vector<Row>> (ports::StoreReader::*query)(const ports::RowFilter&)>
Handled list_rows(Services& services, const Call& call) {
    const Result<ports::RowFilter> filter = row_filter(call);
    if (!filter) co_return filter.error();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    std::function<Result<Listed>(ReadSide&)> read = [&](ReadSide& side) {
        return read_list<Row, query>(*side.reader, filter.value());
    };
    auto reading = read_on<Listed>(services.worker, read);
    const Result<Listed> list = co_await std::move(reading);
    if (!list) co_return list.error();
    Answer answer = answer_with(list.value().rows);
    answer.warnings = list.value().notes;
    co_return answer;
}

}  // namespace vault::control
