#pragma once
// The one list of the columns of every stored row: fields(row, f) calls f(column, value) for each
// field in column order. The SQLite statements, the decoder and the tests' comparison are all made
// from it, so that no field can be written and not read. The rows of sign-in, of secrets and of API
// keys are in people_fields.hpp. Pure; any thread.
#include "daemon/ports/kept_head.hpp"
#include "daemon/ports/store.hpp"

#include <concepts>
#include <type_traits>

namespace vault::store {

template <class R, class T>
concept RowOf = std::same_as<std::remove_const_t<R>, T>;

// Table name, the column that filters and retention call "time", and the columns of an upsert's key
// (empty: plain insert).
struct TableInfo {
    const char* table;
    const char* time;
    const char* key;
};

template <class T>
inline constexpr TableInfo kTable{};
template <>
inline constexpr TableInfo kTable<ports::UserRow>{"user", "created_at", "id"};
template <>
inline constexpr TableInfo kTable<ports::AccountRow>{"account", "created_at", "id"};
template <>
inline constexpr TableInfo kTable<ports::VaultRow>{"vault", "created_at", "id"};
template <>
inline constexpr TableInfo kTable<ports::EntryRow>{"entry", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::BalanceRow>{"balance", "", "vault,ledger_account,asset"};
template <>
inline constexpr TableInfo kTable<ports::OrderRow>{"orders", "decided_at", "vault,sleeve,number"};
template <>
inline constexpr TableInfo kTable<ports::FillRow>{"fill", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::DecisionRow>{"decision", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::PriceRow>{"price", "at", "account,pair,at"};
template <>
inline constexpr TableInfo kTable<ports::AllocationRow>{"allocation", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::SweepRow>{"sweep", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::PauseRow>{"pause", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::CycleRow>{"cycle", "closed_at", ""};
template <>
inline constexpr TableInfo kTable<ports::DayCloseRow>{"day_close", "day", ""};
template <>
inline constexpr TableInfo kTable<ports::EventRow>{"event", "at", ""};
template <>
inline constexpr TableInfo kTable<ports::AuditRow>{"audit", "at", ""};
// Rows whose order is their number, not their time.
template <class Row>
inline constexpr bool kBySeq = false;
template <>
inline constexpr bool kBySeq<ports::EventRow> = true;
template <>
inline constexpr TableInfo kTable<ports::IdempotencyRow>{"reply", "at", "user_name,key"};
template <>
inline constexpr TableInfo kTable<ports::StateRow>{"state", "", "kind,id"};

template <RowOf<ports::Owner> R, class F>
void fields(R& r, F&& f) {
    f("user", r.user), f("account", r.account), f("mode", r.mode), f("actor", r.actor);
}

template <RowOf<ports::UserRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("name", r.name), f("role", r.role), f("status", r.status);
    f("permissions", r.permissions), f("wallets", r.wallets);
    f("created_at", r.created_at), f("created_by", r.created_by);
}

template <RowOf<ports::AccountRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("user", r.user), f("exchange", r.exchange), f("label", r.label);
    f("created_at", r.created_at), f("created_by", r.created_by);
    f("history_unread_since", r.history_unread_since), f("history", r.history);
}

template <RowOf<ports::VaultRow> R, class F>
void fields(R& r, F&& f) {
    f("id", r.id), f("account", r.account), f("user", r.user), f("asset", r.asset);
    f("mode", r.mode), f("created_at", r.created_at), f("created_by", r.created_by);
}

template <RowOf<ports::EntryRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("seq", r.seq), f("tx", r.tx), f("kind", r.kind), f("cause", r.cause);
    f("at", r.at), fields(r.owner, f), f("postings", r.postings_json);
    f("prev_hash", r.prev_hash), f("hash", r.hash);
}

template <RowOf<ports::JournalHead> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("seq", r.seq), f("hash", r.hash);
}

template <RowOf<ports::BalanceRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("ledger_account", r.account), f("asset", r.asset);
    f("amount", r.amount);
}

template <RowOf<OrderId> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("sleeve", r.sleeve), f("number", r.number);
}

template <RowOf<ports::OrderRow> R, class F>
void fields(R& r, F&& f) {
    fields(r.id, f), fields(r.owner, f), f("pair", r.pair), f("side", r.side);
    f("state", r.state), f("reason", r.reason), f("end_reason", r.end_reason);
    f("requested", r.requested), f("filled_quantity", r.filled_quantity);
    f("filled_cost", r.filled_cost), f("fee", r.fee), f("decided_at", r.decided_at);
    f("ended_at", r.ended_at);
}

template <RowOf<ports::FillRow> R, class F>
void fields(R& r, F&& f) {
    fields(r.owner, f), fields(r.fill.order, f), f("trade_id", r.fill.trade_id);
    f("at", r.fill.time), f("side", r.fill.side), f("price", r.fill.price);
    f("quantity", r.fill.quantity), f("cost", r.fill.cost), f("fee", r.fill.fee);
    f("fee_asset", r.fill.fee_asset), f("pair", r.pair), f("reason", r.reason);
    f("realised", r.realised), f("cycle", r.cycle);
}

template <RowOf<ports::DecisionRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("sleeve", r.sleeve), fields(r.owner, f), f("pair", r.pair);
    f("at", r.at), f("check", r.check), f("action", r.action), f("reason", r.reason);
    f("repeats", r.repeats), f("figures", r.figures_json), f("order_number", r.order_number);
}

template <RowOf<ports::PriceRow> R, class F>
void fields(R& r, F&& f) {
    f("account", r.account), f("pair", r.pair), f("at", r.at), f("price", r.price);
}

template <RowOf<ports::AllocationRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), fields(r.owner, f), f("at", r.at), f("kind", r.kind);
    f("sleeve", r.sleeve), f("amount", r.amount), f("tradeable_after", r.tradeable_after);
    f("unallocated_after", r.unallocated_after), f("quiet_after", r.quiet_after);
    f("flash_after", r.flash_after);
}

template <RowOf<ports::SweepRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("sleeve", r.sleeve), fields(r.owner, f), f("at", r.at);
    f("kind", r.kind), f("amount", r.amount), f("cause", r.cause), f("cycle", r.cycle);
}

template <RowOf<ports::PauseRow> R, class F>
void fields(R& r, F&& f) {
    f("level", r.level), f("target", r.target), f("action", r.action), fields(r.owner, f);
    f("at", r.at), f("why", r.why);
}

template <RowOf<ports::CycleRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("sleeve", r.sleeve), fields(r.owner, f), f("number", r.number);
    f("pair", r.pair), f("opened_at", r.opened_at), f("closed_at", r.closed_at);
    f("cost", r.cost), f("proceeds", r.proceeds), f("fees", r.fees), f("realised", r.realised);
    f("swept", r.swept);
}

template <RowOf<ports::DayCloseRow> R, class F>
void fields(R& r, F&& f) {
    f("vault", r.vault), f("sleeve", r.sleeve), fields(r.owner, f), f("day", r.day);
    f("balance", r.balance), f("equity", r.equity), f("realised", r.realised);
    f("unrealised", r.unrealised), f("fees", r.fees), f("swept", r.swept);
    f("principal", r.principal), f("vault_total", r.vault_total);
    f("vault_tradeable", r.vault_tradeable);
}

template <RowOf<ports::EventRow> R, class F>
void fields(R& r, F&& f) {
    f("seq", r.seq), fields(r.owner, f), f("at", r.at), f("severity", r.severity);
    f("type", r.type), f("object", r.object), f("message", r.message), f("data", r.data_json);
}

template <RowOf<ports::AuditRow> R, class F>
void fields(R& r, F&& f) {
    f("seq", r.seq), f("at", r.at), f("actor", r.actor), f("user", r.user);
    f("action", r.action), f("object", r.object), f("outcome", r.outcome), f("message", r.message);
    f("params", r.params_json), f("prev_hash", r.prev_hash), f("hash", r.hash);
}

template <RowOf<ports::IdempotencyRow> R, class F>
void fields(R& r, F&& f) {
    f("user_name", r.user), f("key", r.key), f("request", r.request);
    f("reply", r.reply_json), f("at", r.at);
}

template <RowOf<ports::StateRow> R, class F>
void fields(R& r, F&& f) {
    f("kind", r.kind), f("id", r.id), f("body", r.body);
}

}  // namespace vault::store
