#include "daemon/store/sqlite/sqlite_reader.hpp"

#include "daemon/store/row_filter.hpp"
#include "daemon/store/sqlite/codec.hpp"
#include "daemon/store/sqlite/schema.hpp"

#include <fmt/format.h>

namespace vault::store {

struct SqliteReader::Impl {
    std::string path;
    Connection connection;

    template <class Row>
    Result<std::vector<Row>> rows(Statement statement) {
        std::vector<Row> rows;
        for (;;) {
            VAULT_TRY(const bool more, statement.step());
            if (!more) return rows;
            VAULT_TRY(auto row, decode<Row>(statement));
            rows.push_back(std::move(row));
        }
    }
    // The row that `where`, a condition on a unique index with one "?" per key, picks.
    template <class Row, class... Keys>
    Result<std::optional<Row>> single(std::string_view where, const Keys&... keys) {
        VAULT_TRY(auto statement,
                  Statement::prepare(connection,
                                     fmt::format("SELECT {} FROM {} WHERE {}", column_list<Row>(),
                                                 kTable<Row>.table, where)));
        int index = 0;
        (statement.bind(++index, keys), ...);
        VAULT_TRY(const bool found, statement.step());
        if (!found) return std::optional<Row>{};
        VAULT_TRY(auto row, decode<Row>(statement));
        return std::optional<Row>(std::move(row));
    }
    template <class Row>
    Result<std::vector<Row>> filtered(const ports::RowFilter& filter,
                                      std::optional<AccountId> account = std::nullopt);
    template <class Row>
    Result<std::vector<Row>> from_seq(std::uint64_t from, std::uint32_t limit);
};

namespace {

template <class Row>
bool has_column(std::string_view column) {
    bool found = false;
    const Row row{};
    fields(row, [&](const char* name, const auto&) { found = found || column == name; });
    return found;
}

std::string quoted(std::string_view text) {
    std::string out{"'"};
    for (const char c : text)
        out.append(c == '\'' ? "''" : std::string(1, c));
    return out + "'";
}

// Sight of row_filter.hpp as SQL; empty: no narrowing. One's own are found by the index that begins
// with the user. Members are most of all, so "+" keeps the planner from collecting the rows of each
// before it sorts them: the newest are read until there are enough.
std::string sight(const ports::Visible& visible, bool with_nobodys) {
    if (visible.everyones) return {};
    std::string named{with_nobodys ? "0" : ""};
    if (visible.own != UserId{})
        named += fmt::format("{}{}", named.empty() ? "" : ", ", visible.own.value);
    if (!visible.members) return fmt::format("\"user\" IN ({})", named);
    return fmt::format(
        "(+\"user\" IN ({}) OR +\"user\" IN (SELECT id FROM user WHERE role = 'member'))", named);
}

template <class Row>
std::string condition(const ports::RowFilter& filter, std::optional<AccountId> account) {
    std::string text{"1"};
    const auto add = [&text](const std::string& part) { text.append(" AND ").append(part); };
    if (account) add(fmt::format("account = {}", account->value));
    if (filter.user && has_column<Row>("user"))
        add(fmt::format("\"user\" = {}", filter.user->value));
    if (filter.account && has_column<Row>("account"))
        add(fmt::format("account = {}", filter.account->value));
    if (filter.vault && has_column<Row>("vault"))
        add(fmt::format("vault = {}", filter.vault->value));
    if (filter.sleeve && has_column<Row>("sleeve"))
        add("sleeve = " + quoted(to_text(*filter.sleeve)));
    if (filter.pair && has_column<Row>("pair")) add("pair = " + quoted(filter.pair->text()));
    if (filter.vault && kObject<Row> != nullptr) {
        std::string name = to_text(*filter.vault);
        if (filter.sleeve) name.append(".").append(to_text(*filter.sleeve));
        add(fmt::format("({0} = '{1}' OR {0} GLOB '{1}.*')", kObject<Row>, name));
    }
    if (has_column<Row>("severity") && filter.severity == "warning")
        add("severity IN ('warning', 'alert')");
    if (has_column<Row>("severity") && filter.severity == "alert") add("severity = 'alert'");
    const auto bound = [&](const char* sign, UtcTime time) {
        add(fmt::format("{} {} {}", kTable<Row>.time, sign, time.time_since_epoch().count()));
    };
    if (filter.from) bound(">=", *filter.from);
    if (filter.to) bound("<", *filter.to);
    const std::string seen = has_column<Row>("user") ? sight(filter.visible, true) : "";
    if (!seen.empty()) add(seen);
    return text;
}

// "vault.*" is every action that begins with "vault.".
std::string action_condition(const std::string& action) {
    if (!action.ends_with('*')) return "action = " + quoted(action);
    const std::string stem = action.substr(0, action.size() - 1);
    return fmt::format("substr(action, 1, {}) = {}", stem.size(), quoted(stem));
}

std::string condition(const ports::AuditFilter& filter) {
    std::string text{"1"};
    const auto add = [&text](const std::string& part) { text.append(" AND ").append(part); };
    if (filter.user) add(fmt::format("\"user\" = {}", filter.user->value));
    if (!filter.actor.empty()) add("actor = " + quoted(filter.actor));
    if (!filter.action.empty()) add(action_condition(filter.action));
    if (!filter.object.empty())
        add(fmt::format("(object = {} OR substr(object, 1, {}) = {})", quoted(filter.object),
                        filter.object.size() + 1, quoted(filter.object + ".")));
    if (!filter.outcome.empty()) add("outcome = " + quoted(filter.outcome));
    if (filter.from) add(fmt::format("at >= {}", filter.from->time_since_epoch().count()));
    if (filter.to) add(fmt::format("at < {}", filter.to->time_since_epoch().count()));
    const std::string seen = sight(filter.visible, false);
    if (!seen.empty()) add(seen);
    return text;
}

}  // namespace

// Rows with `number` >= from, by it.
template <class Row>
Result<std::vector<Row>> SqliteReader::Impl::from_seq(std::uint64_t from, std::uint32_t limit) {
    VAULT_TRY(auto statement,
              Statement::prepare(
                  connection, fmt::format("SELECT {} FROM {} WHERE seq >= ? ORDER BY seq LIMIT ?",
                                          column_list<Row>(), kTable<Row>.table)));
    statement.bind(1, static_cast<std::int64_t>(std::min<std::uint64_t>(from, INT64_MAX)));
    statement.bind(2, std::clamp<std::int64_t>(limit, 1, kMaxRows));
    return rows<Row>(std::move(statement));
}

template <class Row>
Result<std::vector<Row>> SqliteReader::Impl::filtered(const ports::RowFilter& filter,
                                                      std::optional<AccountId> account) {
    const char* time = kTable<Row>.time;
    std::string order = account ? fmt::format("{} DESC, pair DESC", time)
                                : fmt::format("{} DESC, rowid DESC", time);
    if (kBySeq<Row>) order = "rowid DESC";
    VAULT_TRY(
        auto statement,
        Statement::prepare(connection,
                           fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}",
                                       column_list<Row>(), kTable<Row>.table,
                                       condition<Row>(filter, account), order, row_limit(filter))));
    VAULT_TRY(auto found, rows<Row>(std::move(statement)));
    std::reverse(found.begin(), found.end());
    return found;
}

SqliteReader::SqliteReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteReader::~SqliteReader() = default;

Result<std::unique_ptr<SqliteReader>> SqliteReader::open(const std::string& path) {
    VAULT_TRY(auto connection, Connection::open(path, Connection::Access::ReadOnly));
    VAULT_TRYV(connection.exec("PRAGMA query_only = ON"));
    VAULT_TRYV(identify(connection, path));
    VAULT_TRYV(check_schema(connection, path));
    return std::unique_ptr<SqliteReader>{
        new SqliteReader{std::unique_ptr<Impl>{new Impl{path, std::move(connection)}}}};
}

Result<std::vector<ports::EntryRow>> SqliteReader::entries(VaultId vault, std::uint64_t from_seq,
                                                           std::uint32_t limit) {
    VAULT_TRY(auto statement, Statement::prepare(impl_->connection,
                                                 "SELECT " + column_list<ports::EntryRow>() +
                                                     " FROM entry WHERE id >= (?1 << 32) + ?2 AND "
                                                     "id < (?1 + 1 << 32) ORDER BY id LIMIT ?3"));
    statement.bind(1, std::int64_t{vault.value});
    statement.bind(2, static_cast<std::int64_t>(std::min<std::uint64_t>(from_seq, 0xffffffffU)));
    statement.bind(3, std::clamp<std::int64_t>(limit, 1, kMaxRows));
    return impl_->rows<ports::EntryRow>(std::move(statement));
}

Result<std::vector<ports::JournalHead>> SqliteReader::journal_heads(VaultId from,
                                                                    std::uint32_t limit) {
    VAULT_TRY(auto statement,
              Statement::prepare(impl_->connection,
                                 "SELECT " + column_list<ports::JournalHead>() +
                                     " FROM vault v JOIN entry ON entry.id = (SELECT e.id FROM "
                                     "entry e WHERE e.id > v.id << 32 AND e.id < v.id + 1 << 32 "
                                     "ORDER BY e.id DESC LIMIT 1) WHERE v.id >= ? "
                                     "ORDER BY v.id LIMIT ?"));
    statement.bind(1, std::int64_t{from.value});
    statement.bind(2, std::clamp<std::int64_t>(limit, 1, kMaxRows));
    return impl_->rows<ports::JournalHead>(std::move(statement));
}

Result<std::vector<ports::BalanceRow>> SqliteReader::balances(VaultId vault) {
    VAULT_TRY(auto statement,
              Statement::prepare(impl_->connection, "SELECT " + column_list<ports::BalanceRow>() +
                                                        " FROM balance WHERE vault = ? "
                                                        "ORDER BY ledger_account, asset"));
    statement.bind(1, std::int64_t{vault.value});
    return impl_->rows<ports::BalanceRow>(std::move(statement));
}

Result<std::vector<ports::VaultRow>> SqliteReader::vaults() {
    VAULT_TRY(auto statement,
              Statement::prepare(impl_->connection, "SELECT " + column_list<ports::VaultRow>() +
                                                        " FROM vault ORDER BY id"));
    return impl_->rows<ports::VaultRow>(std::move(statement));
}

Result<std::optional<ports::UserRow>> SqliteReader::user(UserId id) {
    return impl_->single<ports::UserRow>("id = ?", std::int64_t{id.value});
}

Result<std::optional<ports::OrderRow>> SqliteReader::order(const OrderId& id) {
    return impl_->single<ports::OrderRow>("vault = ? AND sleeve = ? AND number = ?",
                                          std::int64_t{id.vault.value}, to_text(id.sleeve),
                                          std::int64_t{id.number});
}

Result<std::optional<ports::FillRow>> SqliteReader::fill(AccountId account,
                                                         const std::string& trade) {
    return impl_->single<ports::FillRow>("account = ? AND trade_id = ?",
                                         std::int64_t{account.value}, std::string_view{trade});
}

Result<std::optional<ports::EntryRow>> SqliteReader::entry(VaultId vault, const std::string& kind,
                                                           const std::string& cause) {
    return impl_->single<ports::EntryRow>("vault = ? AND kind = ? AND cause = ?",
                                          std::int64_t{vault.value}, std::string_view{kind},
                                          std::string_view{cause});
}

Result<std::vector<ports::OrderRow>> SqliteReader::orders(const ports::RowFilter& filter) {
    return impl_->filtered<ports::OrderRow>(filter);
}
Result<std::vector<ports::FillRow>> SqliteReader::fills(const ports::RowFilter& filter) {
    return impl_->filtered<ports::FillRow>(filter);
}
Result<std::vector<ports::DecisionRow>> SqliteReader::decisions(const ports::RowFilter& filter) {
    return impl_->filtered<ports::DecisionRow>(filter);
}
Result<std::vector<ports::AllocationRow>> SqliteReader::allocations(
    const ports::RowFilter& filter) {
    return impl_->filtered<ports::AllocationRow>(filter);
}
Result<std::vector<ports::SweepRow>> SqliteReader::sweeps(const ports::RowFilter& filter) {
    return impl_->filtered<ports::SweepRow>(filter);
}
Result<std::vector<ports::PauseRow>> SqliteReader::pauses(const ports::RowFilter& filter) {
    return impl_->filtered<ports::PauseRow>(filter);
}
Result<std::vector<ports::CycleRow>> SqliteReader::cycles(const ports::RowFilter& filter) {
    return impl_->filtered<ports::CycleRow>(filter);
}
Result<std::vector<ports::DayCloseRow>> SqliteReader::day_closes(const ports::RowFilter& filter) {
    return impl_->filtered<ports::DayCloseRow>(filter);
}
Result<std::vector<ports::EventRow>> SqliteReader::events(const ports::RowFilter& filter) {
    return impl_->filtered<ports::EventRow>(filter);
}
Result<std::vector<ports::EventRow>> SqliteReader::events_from(std::uint64_t from_seq,
                                                               std::uint32_t limit) {
    return impl_->from_seq<ports::EventRow>(from_seq, limit);
}
Result<std::vector<ports::AuditRow>> SqliteReader::audits(const ports::AuditFilter& filter) {
    const std::int64_t limit = std::clamp<std::int64_t>(filter.limit, 1, kMaxRows);
    VAULT_TRY(
        auto statement,
        Statement::prepare(impl_->connection,
                           fmt::format("SELECT {} FROM audit WHERE {} ORDER BY seq DESC LIMIT {}",
                                       column_list<ports::AuditRow>(), condition(filter), limit)));
    VAULT_TRY(auto found, impl_->rows<ports::AuditRow>(std::move(statement)));
    std::reverse(found.begin(), found.end());
    return found;
}
Result<std::vector<ports::AuditRow>> SqliteReader::audits_from(std::uint64_t from_seq,
                                                               std::uint32_t limit) {
    return impl_->from_seq<ports::AuditRow>(from_seq, limit);
}
Result<std::vector<ports::PriceRow>> SqliteReader::prices(AccountId account,
                                                          const ports::RowFilter& filter) {
    return impl_->filtered<ports::PriceRow>(filter, account);
}

Result<VerifyReport> SqliteReader::verify(std::optional<VaultId> vault,
                                          const VerifyProgress& progress) const {
    return store::verify(impl_->path, vault, progress);
}

}  // namespace vault::store
