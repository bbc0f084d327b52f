// The simulated wallet by hand: deposits, withdrawals and trades that a user makes on the exchange
// himself (design/domain.md, rules 9 and 10).
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/pair_watch.hpp"
#include "daemon/engine/planted_bug.hpp"
#include "daemon/engine/view_builder.hpp"
#include "daemon/market/pair_rules.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

// What a withdrawal can take at once (rule 10's order).
Decimal free_money(const ledger::VaultBooks& books) {
    return books.reserve() + books.unallocated() + books.free_cash(SleeveKind::Quiet) +
           books.free_cash(SleeveKind::Flash);
}

}  // namespace

// Books one change of a wallet to the vault of its asset; without one it stays unattributed.
// `spare`: what no vault explained of the asset before; it goes when the vault has no more to give.
Result<void> Commander::fund(Account& account, const exchange::FundingRecord& record,
                             Decimal spare) {
    Vault* const vault = vault_in(world_, account, record.asset);
    if (vault != nullptr) {
        VAULT_TRYV(record.amount.is_negative() ? book_withdrawal(*vault, record, spare)
                                               : book_deposit(*vault, record));
    }
    if (record.amount.is_negative())
        SleeveTrader{world_, recorder_}.tell_lacking(account, record.asset, record.time,
                                                     context_.actor);
    return success();
}

Result<void> Commander::book_withdrawal(Vault& vault, const exchange::FundingRecord& record,
                                        Decimal spare) {
    const Decimal amount = -record.amount;
    const Decimal beyond = max(kZero, amount - free_money(vault.books));
    const Decimal from_vault = amount - min(beyond, max(kZero, spare));
    if (!from_vault.is_positive()) return success();
    ledger::Transaction tx{vault.books,
                           {"funding:" + record.id, vault.row.mode, record.time, context_.actor}};
    VAULT_TRY(
        const ledger::WithdrawalFigures figures,
        tx.withdraw(from_vault, record.kind == "manual_trade" ? ledger::EntryKind::ManualTrade
                                                              : ledger::EntryKind::Withdrawal));
    adopt(vault, std::move(tx));
    tell_funding(vault, "withdrawal_booked",
                 fmt::format("{} {} left", from_vault.text(), record.asset.text()));
    if (figures.short_by.is_positive())
        recorder_.event(owner_of(vault, context_.actor), record.time, "alert", "vault_underfunded",
                        to_text(vault.row.id),
                        fmt::format("{} {} more left than was free: no buys until it is "
                                    "deposited or freed",
                                    figures.short_by.text(), record.asset.text()));
    return success();
}

Result<void> Commander::book_deposit(Vault& vault, const exchange::FundingRecord& record) {
    ledger::Transaction tx{vault.books,
                           {"funding:" + record.id, vault.row.mode, record.time, context_.actor}};
    VAULT_TRY(const ledger::DepositFigures figures,
              tx.deposit(record.amount, vault.policy,
                         record.kind == "manual_trade" ? ledger::EntryKind::ManualTrade
                                                       : ledger::EntryKind::Deposit));
    adopt(vault, std::move(tx));
    if (figures.raised.is_positive()) allocation_row(vault, "auto_raise", "", figures.raised);
    tell_funding(vault, "deposit_booked",
                 fmt::format("{} {} arrived", record.amount.text(), record.asset.text()));
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::PaperFunding& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    const UtcTime at = world_.market_of(*account).now;
    if (c.amount.is_zero())
        return Error{Errc::InvalidParams, "the amount is 0", "amount", "give an amount above 0"};
    const Decimal spare = unexplained(world_, *account, c.asset);
    const auto record = c.amount.is_negative() ? account->venue.withdraw(c.asset, -c.amount, at)
                                               : account->venue.deposit(c.asset, c.amount, at);
    if (!record) return record.error();
    recorder_.touch(*account);
    VAULT_TRYV(fund(*account, record.value(), spare));
    return view_of(world_, *account);
}

// The user sold base coins by hand. If exactly that explains what a single position lacks now, the
// position closes (or shrinks) as if its sleeve had sold; otherwise nobody guesses (rule 9): what
// came in stays unattributed until the positions are resolved.
Result<void> Commander::book_hand_sale(Account& account, const exchange::HandTrade& trade,
                                       const Pair& pair, Decimal spare) {
    const Decimal sold = trade.fill.quantity.value;
    const Decimal missing = max(
        kZero, positions_in(world_, account, pair.base) - account.venue.balance(pair.base).total());
    if (missing.is_zero()) {
        for (const exchange::FundingRecord& record : trade.records) {
            VAULT_TRYV(fund(account, record, spare));
        }
        return success();
    }
    std::vector<Holder> holders = holders_of(world_, account, pair.base);
    std::erase_if(holders, [](const Holder& holder) { return holder.dust; });
    const bool guess = VAULT_ENGINE_PLANTED(HandSaleGuessed) && !holders.empty();
    if ((guess || (holders.size() == 1 && missing == sold)) &&
        holders.front().vault->row.asset == pair.quote)
        return SleeveTrader{world_, recorder_}.book_hand_sale(
            *holders.front().vault, *holders.front().sleeve, pair, trade.fill,
            "fill:paper:" + trade.fill.trade_id);
    if (sold > missing) {
        exchange::FundingRecord own = trade.records.front();
        own.amount = missing - sold;
        VAULT_TRYV(fund(account, own, spare));
    }
    SleeveTrader{world_, recorder_}.tell_lacking(account, pair.base, trade.fill.time,
                                                 context_.actor);
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::PaperTrade& c) {
    VAULT_TRY(Account* const account, this->account(c.account));
    const PairRules* const rules = world_.rules_of(*account, c.pair);
    if (rules == nullptr)
        return Error{Errc::NotFound,
                     fmt::format("{} is not a pair of this exchange", c.pair.text()), "pair",
                     "list them with: vaultctl market pairs"};
    if (!takes_orders(rules->status, c.side))
        return Error{Errc::WrongState, status_text(*rules), "pair",
                     "vaultctl market pairs tells when it trades again"};
    const PairMarket* const market = world_.pair_market(*account, c.pair);
    if (!c.price && (market == nullptr || !market->last))
        return Error{
            Errc::NotReady, fmt::format("there is no price of {} yet", c.pair.text()), "price",
            account->row.exchange == kPaper ? "give --price, or start a replay"
                                            : "give --price, or wait until the exchange tells one"};
    const auto whole = c.side == Side::Buy ? &market::tick_up : &market::tick_down;
    const Price price = c.price ? *c.price : whole(market->last->price.value, rules->tick);
    const Decimal spare =
        unexplained(world_, *account, c.side == Side::Sell ? c.pair.base : c.pair.quote);
    VAULT_TRY(const exchange::HandTrade trade,
              account->venue.hand_trade(*rules, c.side, c.quantity, price,
                                        world_.market_of(*account).now));
    recorder_.touch(*account);
    if (c.side == Side::Sell) {
        VAULT_TRYV(book_hand_sale(*account, trade, c.pair, spare));
    } else {
        for (const exchange::FundingRecord& record : trade.records) {
            VAULT_TRYV(fund(*account, record, spare));
        }
    }
    return view_of(world_, *account);
}

}  // namespace vault::engine
