// What is to be done once the store turned out to be older than the world: everything halts, and an
// account that may have sent orders since waits for what its exchange tells of them.
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::engine {
namespace {

std::string words_of(const ports::PastOrder& order) {
    const std::string mark =
        order.client_id.empty() ? "" : fmt::format(" (client id {})", order.client_id);
    const std::string end = order.ended ? ", ended " + format_utc(*order.ended) : "";
    return fmt::format("order {}{}: {} {} {}, {}, {}, {} filled, opened {}{}", order.id, mark,
                       to_text(order.side), order.quantity.text(), order.pair, order.kind,
                       order.state, order.filled.text(), format_utc(order.opened), end);
}

std::string words_of(const ports::PastTrade& trade) {
    return fmt::format("trade {} of order {}: {} {} {} at {}, cost {}, fee {}, {}", trade.id,
                       trade.order, to_text(trade.side), trade.quantity.text(), trade.pair,
                       trade.price.text(), trade.cost.text(), trade.fee.text(),
                       format_utc(trade.at));
}

template <class Row>
std::vector<Row> by_time(std::vector<Row> rows, UtcTime Row::*time) {
    std::ranges::stable_sort(rows, {}, time);
    return rows;
}

std::string sum_of(const ports::AccountHistory& history, const std::optional<ApiKeyId>& with) {
    const auto open = static_cast<std::size_t>(std::ranges::count_if(
        history.orders, [](const ports::PastOrder& order) { return !order.ended; }));
    return fmt::format("read{} from {} to {}: {} open orders, {} ended, {} trades",
                       with ? " with " + to_text(*with) : "", format_utc(history.since),
                       format_utc(history.until), open, history.orders.size() - open,
                       history.trades.size());
}

}  // namespace

void Commander::note_history(Account& account, std::optional<UtcTime> unread_since,
                             std::string history) {
    account.row.history_unread_since = unread_since;
    account.row.history = std::move(history);
    recorder_.rows().accounts.push_back(account.row);
    refresh_hold(account);
}

void Commander::refresh_hold(Account& account) {
    const Hold before = std::exchange(account.hold, world_.hold_of(account));
    if (account.hold.kind == before.kind) return;
    const bool halts = account.hold.kind == HoldKind::Halted;
    recorder_.rows().pauses.push_back(
        {"account",
         to_text(account.row.id),
         halts ? "halt" : "resume",
         {account.row.user, account.row.id, Mode::Paper, context_.actor},
         clock_.now(),
         halts ? account.hold.why : account.row.history});
    for (const VaultId id : account.vaults) {
        Vault& vault = *world_.find_vault(id);
        for (Sleeve& sleeve : vault.sleeves)
            apply_hold(vault, sleeve, halts ? HoldRequest::Halt : HoldRequest::Resume);
    }
}

// Of every account but those on paper, whose exchange is in the store: one without a key may have
// had one. Never later than what an earlier restore has left unread.
Result<ports::View> Commander::on(const ports::cmd::Amnesia& c) {
    const UtcTime known = std::min(c.known_until, clock_.now());
    for (Account& account : world_.accounts) {
        if (account.row.exchange == kPaper || account.removed) continue;
        const UtcTime since = account.row.history_unread_since.value_or(known);
        note_history(account, std::min(since, known), "");
    }
    VAULT_TRY(ports::PauseView view, hold({}, HoldRequest::Halt, c.why));
    return view;
}

Result<Account*> Commander::unread(AccountId id) {
    VAULT_TRY(Account* const account, this->account(id));
    if (account->row.history_unread_since) return account;
    return Error{Errc::WrongState,
                 fmt::format("nothing is unread of what happened on {}", to_text(id)), "account",
                 fmt::format("vaultctl account show {} tells what was read", to_text(id))};
}

Result<ports::View> Commander::on(const ports::cmd::SettleHistory& c) {
    VAULT_TRY(Account* const account, unread(c.account));
    if (!c.found) {
        if (account->row.history.empty())
            recorder_.event({account->row.user, c.account, Mode::Live, context_.actor},
                            clock_.now(), "warning", "history_unread", to_text(c.account),
                            c.failure);
        note_history(*account, account->row.history_unread_since, c.failure);
        return view_of(world_, *account);
    }
    if (c.found->since > *account->row.history_unread_since)
        return Error{Errc::WrongState, "more is unread than was asked for", "since",
                     "ask the exchange again"};
    const UtcTime at = clock_.now();
    const ports::Owner owner{account->row.user, c.account, Mode::Live, context_.actor};
    const auto tell = [&](const char* type, const std::string& words) {
        recorder_.event(owner, at, "info", type, to_text(c.account),
                        fmt::format("{}: {}", account->row.exchange, words));
    };
    for (const ports::PastOrder& order : by_time(c.found->orders, &ports::PastOrder::opened))
        tell("exchange_order", words_of(order));
    for (const ports::PastTrade& trade : by_time(c.found->trades, &ports::PastTrade::at))
        tell("exchange_trade", words_of(trade));
    const std::string sum = sum_of(*c.found, c.with);
    tell("history_read", sum);
    note_history(*account, std::nullopt, sum);
    return view_of(world_, *account);
}

Result<ports::View> Commander::on(const ports::cmd::SkipHistory& c) {
    VAULT_TRY(Account* const account, unread(c.account));
    if (c.why.find_first_not_of(' ') == std::string::npos)
        return Error{Errc::InvalidParams, "a reason is needed", "why", "say why in some words"};
    const std::string words =
        fmt::format("skippedfrom {} on by {}{}{}", format_utc(*account->row.history_unread_since),
                    context_.actor, c.why.empty() ? "" : ": ", c.why);
    recorder_.event({account->row.user, c.account, Mode::Live, context_.actor}, clock_.now(),
                    "warning", "history_skipped", to_text(c.account), words);
    note_history(*account, std::nullopt, words);
    return view_of(world_, *account);
}

}  // namespace vault::engine
