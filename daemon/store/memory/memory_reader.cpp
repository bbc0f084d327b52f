// The reading half of MemoryStore: the same answers as SqliteReader's, from plain containers.
#include "daemon/store/memory/memory_store.hpp"
#include "daemon/store/row_filter.hpp"

namespace vault::store {

namespace {

template <class Row>
UtcTime time_of(const Row& row) {
    UtcTime time{};
    fields(row, [&time](std::string_view name, const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, UtcTime>)
            if (name == kTable<Row>.time) time = value;
    });
    return time;
}

template <class Row>
std::vector<Row> newest(std::vector<Row> found, std::uint32_t limit) {
    if (!kBySeq<Row>)
        std::stable_sort(found.begin(), found.end(),
                         [](const Row& a, const Row& b) { return time_of(a) < time_of(b); });
    if (found.size() > limit)
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
    return found;
}

Sight sight_of(const MemoryTables& tables, const ports::Visible& visible) {
    std::set<UserId> members;
    for (const auto& [id, row] : tables.users)
        if (row.role == Role::Member) members.insert(id);
    return {visible, std::move(members)};
}

template <class Row>
std::vector<Row> filtered(const MemoryTables& tables, const std::vector<Row>& rows,
                          const ports::RowFilter& filter) {
    std::vector<Row> found;
    const Sight sight = sight_of(tables, filter.visible);
    RowMatch<Row> match{filter, sight};
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(found),
                 [&match](const Row& row) { return match(row); });
    return newest(std::move(found), row_limit(filter));
}

template <class Row>
std::vector<Row> from(const std::vector<Row>& rows, std::uint64_t seq, std::uint32_t limit) {
    std::vector<Row> found;
    const std::size_t count = std::clamp<std::uint32_t>(limit, 1, kMaxRows);
    for (const Row& row : rows)
        if (row.seq >= seq && found.size() < count) found.push_back(row);
    return found;
}

bool matches(const ports::AuditRow& row, const ports::AuditFilter& filter) {
    const std::string_view action = filter.action;
    const bool wild = action.ends_with('*');
    return (!filter.user || row.user == *filter.user) &&
           (filter.actor.empty() || row.actor == filter.actor) &&
           (action.empty() || row.action == action ||
            (wild && row.action.starts_with(action.substr(0, action.size() - 1)))) &&
           (filter.object.empty() || row.object == filter.object ||
            row.object.starts_with(filter.object + ".")) &&
           (filter.outcome.empty() || row.outcome == filter.outcome) &&
           (!filter.from || row.at >= *filter.from) && (!filter.to || row.at < *filter.to);
}

template <class Row, class Test>
std::optional<Row> first_where(const std::vector<Row>& rows, Test test) {
    const auto row = std::find_if(rows.begin(), rows.end(), test);
    if (row == rows.end()) return std::nullopt;
    return *row;
}

}  // namespace

Result<std::vector<ports::EntryRow>> MemoryStore::entries(VaultId vault, std::uint64_t from_seq,
                                                          std::uint32_t limit) {
    std::vector<ports::EntryRow> found;
    const auto at = tables_.entries.find(vault);
    if (at == tables_.entries.end()) return found;
    const std::size_t count = std::clamp<std::uint32_t>(limit, 1, kMaxRows);
    for (const auto& row : at->second)
        if (row.seq >= from_seq && found.size() < count) found.push_back(row);
    return found;
}

Result<std::vector<ports::JournalHead>> MemoryStore::journal_heads(VaultId from,
                                                                   std::uint32_t limit) {
    std::vector<ports::JournalHead> found;
    const std::size_t count = std::clamp<std::uint32_t>(limit, 1, kMaxRows);
    for (auto at = tables_.entries.lower_bound(from);
         at != tables_.entries.end() && found.size() < count; ++at)
        if (!at->second.empty())
            found.push_back({at->first, at->second.back().seq, at->second.back().hash});
    return found;
}

Result<std::vector<ports::BalanceRow>> MemoryStore::balances(VaultId vault) {
    std::vector<ports::BalanceRow> found;
    for (const auto& [key, row] : tables_.balances)
        if (row.vault == vault) found.push_back(row);
    return found;
}

Result<std::vector<ports::VaultRow>> MemoryStore::vaults() {
    std::vector<ports::VaultRow> found;
    for (const auto& [id, row] : tables_.vaults)
        found.push_back(row);
    return found;
}

Result<std::optional<ports::UserRow>> MemoryStore::user(UserId id) {
    const auto at = tables_.users.find(id);
    if (at == tables_.users.end()) return std::optional<ports::UserRow>{};
    return std::optional(at->second);
}

Result<std::optional<ports::OrderRow>> MemoryStore::order(const OrderId& id) {
    const auto at = tables_.order_index.find(id);
    if (at == tables_.order_index.end()) return std::optional<ports::OrderRow>{};
    return std::optional(tables_.orders[at->second]);
}

Result<std::optional<ports::FillRow>> MemoryStore::fill(AccountId account,
                                                        const std::string& trade) {
    return first_where(tables_.fills, [&](const ports::FillRow& row) {
        return row.owner.account == account && row.fill.trade_id == trade;
    });
}

Result<std::optional<ports::EntryRow>> MemoryStore::entry(VaultId vault, const std::string& kind,
                                                          const std::string& cause) {
    const auto at = tables_.entries.find(vault);
    if (at == tables_.entries.end()) return std::optional<ports::EntryRow>{};
    return first_where(at->second, [&](const ports::EntryRow& row) {
        return row.kind == kind && row.cause == cause;
    });
}

Result<std::vector<ports::OrderRow>> MemoryStore::orders(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.orders, filter);
}
Result<std::vector<ports::FillRow>> MemoryStore::fills(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.fills, filter);
}
Result<std::vector<ports::DecisionRow>> MemoryStore::decisions(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.decisions, filter);
}
Result<std::vector<ports::AllocationRow>> MemoryStore::allocations(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.allocations, filter);
}
Result<std::vector<ports::SweepRow>> MemoryStore::sweeps(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.sweeps, filter);
}
Result<std::vector<ports::PauseRow>> MemoryStore::pauses(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.pauses, filter);
}
Result<std::vector<ports::CycleRow>> MemoryStore::cycles(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.cycles, filter);
}
Result<std::vector<ports::DayCloseRow>> MemoryStore::day_closes(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.day_closes, filter);
}
Result<std::vector<ports::EventRow>> MemoryStore::events(const ports::RowFilter& filter) {
    return filtered(tables_, tables_.events, filter);
}
Result<std::vector<ports::EventRow>> MemoryStore::events_from(std::uint64_t from_seq,
                                                              std::uint32_t limit) {
    return from(tables_.events, from_seq, limit);
}
Result<std::vector<ports::AuditRow>> MemoryStore::audits(const ports::AuditFilter& filter) {
    std::vector<ports::AuditRow> found;
    const Sight sight = sight_of(tables_, filter.visible);
    std::copy_if(
        tables_.audits.begin(), tables_.audits.end(), std::back_inserter(found),
        [&](const ports::AuditRow& row) { return sight.audits(row.user) && matches(row, filter); });
    const std::size_t limit = std::clamp<std::uint32_t>(filter.limit, 1, kMaxRows);
    if (found.size() > limit)
        found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
    return found;
}
Result<std::vector<ports::AuditRow>> MemoryStore::audits_from(std::uint64_t from_seq,
                                                              std::uint32_t limit) {
    return from(tables_.audits, from_seq, limit);
}

Result<std::vector<ports::PriceRow>> MemoryStore::prices(AccountId account,
                                                         const ports::RowFilter& filter) {
    std::vector<ports::PriceRow> rows;
    for (const auto& [key, row] : tables_.prices)
        if (row.account == account) rows.push_back(row);
    return filtered(tables_, rows, filter);
}

}  // namespace vault::store
