// Positions: what is open, and the ways out when the exchange and the books differ.
#include "daemon/engine/coin_deficit.hpp"
#include "daemon/engine/commander.hpp"
#include "daemon/engine/view_builder.hpp"

#include <fmt/format.h>

namespace vault::engine {
namespace {

using As = ports::cmd::ResolvePosition::As;

// The cost that a person states is taken as it is only if it is near the price, or he says so
// again.
Result<void> check_cost(const ports::cmd::AdoptPosition& c, const Pair& pair,
                        const PairMarket* market) {
    if (market == nullptr || !market->last)
        return Error{Errc::WrongState,
                     fmt::format("there is no price of {} yet: nobody knows what the coins are "
                                 "worth",
                                 pair.text()),
                     "pair", "start a replay, or wait for the market, and adopt them then"};
    VAULT_TRY(const Decimal worth, mul(c.quantity.value, market->last->price.value, Rounding::Up));
    const auto beyond = [&](int percent) {
        return compare_products(c.cost, Decimal::from_int(100), worth, Decimal::from_int(percent));
    };
    if (c.confirmed || (beyond(80) >= 0 && beyond(120) <= 0)) return success();
    return Error{Errc::ConfirmationNeeded,
                 fmt::format("the cost {} is more than 20 % off what the coins are worth at the "
                             "last price: {} {}",
                             c.cost.text(), worth.text(), pair.quote.text()),
                 "cost", "confirm with --yes, or give what they cost"};
}

// The sale that stands for coins that are gone: at the price that the user says, with the account's
// fee, or, if they left, to their owner at cost: the money leaves with them, and neither is
// anybody's profit or loss.
Result<Fill> fill_of(const ports::cmd::ResolvePosition& c, const Vault& vault, const Asset& base,
                     Decimal gone, Decimal fee_rate) {
    const ledger::Position& position = *vault.books.position(c.sleeve, base);
    Fill fill;
    fill.side = Side::Sell;
    fill.quantity = Quantity{gone};
    fill.fee_asset = vault.row.asset;
    if (c.as == As::Sold) {
        fill.price = *c.price;
        VAULT_TRY(fill.cost, mul(gone, c.price->value, Rounding::Down));
        VAULT_TRY(fill.fee, mul(fill.cost, fee_rate, Rounding::Up));
        return fill;
    }
    VAULT_TRY(fill.cost, mul_div(position.cost, gone, position.coins(), Rounding::Down));
    VAULT_TRY(fill.price.value, div(fill.cost, gone, Rounding::Down));
    return fill;
}

}  // namespace

Result<ports::View> Commander::on(const ports::cmd::ListPositions& c) {
    std::vector<ports::PositionView> views;
    if (c.vault) {
        VAULT_TRYV(this->vault(*c.vault));
    }
    for (const Vault& vault : world_.vaults) {
        if ((c.vault && vault.row.id != *c.vault) || !sees(vault.row.user)) continue;
        for (const Sleeve& sleeve : vault.sleeves)
            for (ports::PositionView& view : positions_of(world_, vault, sleeve))
                views.push_back(std::move(view));
    }
    return views;
}

Result<PairSlot*> Commander::slot(Vault& vault, SleeveKind kind, const std::optional<Pair>& pair) {
    PairSlot* only = nullptr;
    for (PairSlot& slot : vault.sleeve(kind).slots) {
        if (std::as_const(vault.books).position(kind, slot.pair.base) == nullptr) continue;
        if (pair && slot.pair != *pair) continue;
        if (only != nullptr)
            return Error{Errc::InvalidParams, "the sleeve has several positions", "pair",
                         "say which with --pair"};
        only = &slot;
    }
    if (only != nullptr) return only;
    return Error{Errc::NotFound,
                 fmt::format("the {} sleeve of {} has no such position", to_text(kind),
                             to_text(vault.row.id)),
                 "sleeve", "list them with: vaultctl position list"};
}

// Coins of a pair that is gone for good have to leave the exchange before a person says how.
std::string Commander::next_without_decision(const Account& account, const Vault& vault,
                                             SleeveKind sleeve, const PairSlot& slot) {
    const ledger::Position* const position = vault.books.position(sleeve, slot.pair.base);
    if (position == nullptr || slot.view.rules.status != PairStatus::Delisted)
        return "nothing to do";
    return fmt::format("first take its coins off the exchange: vaultctl account withdraw {} {} {}",
                       to_text(account.row.id), slot.pair.base.text(), position->coins().text());
}

// Coins that a position gave to a withdrawal of their own wallet are no longer owed by its vault.
Result<void> Commander::settle_own_vault(const Account& account, const Asset& base, Decimal gone) {
    for (const VaultId id : account.vaults) {
        Vault& vault = *world_.find_vault(id);
        const Decimal owed = min(gone, vault.books.shortfall());
        if (vault.row.asset != base || !owed.is_positive()) continue;
        ledger::Transaction tx = transaction(vault);
        VAULT_TRYV(tx.deposit(owed, ledger::AutoRaise{}, ledger::EntryKind::ManualTrade));
        adopt(vault, std::move(tx));
    }
    return success();
}

Result<ports::View> Commander::on(const ports::cmd::ResolvePosition& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    VAULT_TRY(PairSlot* const slot, this->slot(*vault, c.sleeve, c.pair));
    Sleeve& sleeve = vault->sleeve(c.sleeve);
    Account& account = world_.account_of(*vault);
    if (slot->attention.empty())
        return Error{Errc::WrongState, "this position needs no decision", "vault",
                     next_without_decision(account, *vault, c.sleeve, *slot)};
    const Asset base = slot->pair.base;
    const Decimal coins = std::as_const(vault->books).position(c.sleeve, base)->coins();
    const Decimal missing = lacking(world_, account, base);
    const Decimal gone = min(missing, coins);
    if (c.as == As::Kept && missing.is_positive())
        return Error{Errc::WrongState,
                     fmt::format("the exchange still lacks {} {}", missing.text(), base.text()),
                     "as", "bring the coins back first, or say sold or withdrawn"};
    if (c.as == As::Sold && !c.price)
        return Error{Errc::InvalidParams, "at what price were they sold?", "price",
                     "add --price P"};
    if (gone.is_positive()) {
        VAULT_TRY(Fill fill, fill_of(c, *vault, base, gone, account.venue.settings().fee_rate));
        fill.trade_id = fmt::format("resolve.{}.{}", to_text(c.vault), ++vault->commands);
        fill.time = now(*vault);
        SleeveTrader trader{world_, recorder_};
        slot->attention.clear();
        const std::string cause = "fill:paper:" + fill.trade_id;
        const Decimal taken = fill.cost;
        const Decimal before = unrealised_of(world_, *vault, sleeve);
        const Decimal spare = unexplained(world_, account, vault->row.asset);
        VAULT_TRYV(trader.book_hand_sale(*vault, sleeve, slot->pair, fill, cause));
        if (c.as == As::Withdrawn && taken.is_positive()) {
            ledger::Transaction tx = transaction(*vault);
            VAULT_TRYV(tx.withdraw(taken, ledger::EntryKind::ManualTrade));
            adopt(*vault, std::move(tx));
        }
        if (c.as == As::Withdrawn)
            trader.keep_apart(*vault, sleeve, unrealised_of(world_, *vault, sleeve) - before);
        VAULT_TRYV(settle_own_vault(account, base, gone));
        if (unexplained(world_, account, vault->row.asset) < min(kZero, spare))
            return Error{Errc::InsufficientBalance,
                         fmt::format("the exchange does not have the {} that such a sale gives",
                                     vault->row.asset.text()),
                         "price", "deposit the proceeds first, or give the price that was paid"};
    }
    slot->attention.clear();
    SleeveTrader{world_, recorder_}.tell_lacking(account, base, now(*vault), context_.actor);
    recorder_.touch(*vault, sleeve);
    recorder_.touch(*vault);
    SleeveTrader{world_, recorder_}.refresh(*vault, sleeve);
    return positions_of(world_, *vault, sleeve);
}

// The pair that is meant, of those that the vault trades.
Result<PairSlot*> Commander::traded_slot(Vault& vault, SleeveKind kind,
                                         const std::optional<Pair>& pair) {
    std::vector<PairSlot>& slots = vault.sleeve(kind).slots;
    if (!pair && slots.size() > 1)
        return Error{Errc::InvalidParams, "the vault trades several pairs", "pair",
                     "say which with --pair"};
    for (PairSlot& slot : slots)
        if (!pair || slot.pair == *pair) return &slot;
    return Error{Errc::NotFound,
                 pair ? fmt::format("{} does not trade {}", to_text(vault.row.id), pair->text())
                      : fmt::format("{} trades no pair", to_text(vault.row.id)),
                 "pair", fmt::format("vaultctl vault pairs {} --add PAIR", to_text(vault.row.id))};
}

// The coins are there already, and nobody's; the books take them as money that came in and bought
// them by hand.
Result<ports::View> Commander::on(const ports::cmd::AdoptPosition& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    VAULT_TRY(PairSlot* const slot, traded_slot(*vault, c.sleeve, c.pair));
    Sleeve& sleeve = vault->sleeve(c.sleeve);
    Account& account = world_.account_of(*vault);
    const Pair pair = slot->pair;
    if (!slot->attention.empty())
        return Error{Errc::WrongState, slot->attention, "vault",
                     "decide first: vaultctl position resolve V S --as sold|withdrawn|kept"};
    if (has_live_order(sleeve, pair))
        return Error{Errc::NotFlat, fmt::format("an order in {} is live", pair.text()), "pair",
                     "pause the sleeve and wait for its orders to end"};
    if (sleeve.held == HoldKind::Liquidating)
        return Error{
            Errc::WrongState,
            fmt::format("{} is being liquidated: the coins would be sold at once",
                        sleeve_name(*vault, c.sleeve)),
            "vault",
            fmt::format("wait until it has sold, then: vaultctl risk show {}", to_text(c.vault))};
    const Decimal spare = max(kZero, unexplained(world_, account, pair.base));
    if (c.quantity.value > spare)
        return Error{
            Errc::InsufficientBalance,
            fmt::format("{} has {} {} that no vault explains, not {}", to_text(account.row.id),
                        spare.text(), pair.base.text(), c.quantity.value.text()),
            "qty", fmt::format("vaultctl account unattributed {}", to_text(account.row.id))};
    VAULT_TRYV(check_cost(c, pair, world_.pair_market(account, pair)));
    Fill fill;
    fill.trade_id = fmt::format("adopt.{}.{}", to_text(c.vault), ++vault->commands);
    fill.time = now(*vault);
    fill.side = Side::Buy;
    fill.quantity = c.quantity;
    fill.cost = c.cost;
    fill.fee_asset = vault->row.asset;
    VAULT_TRY(fill.price.value, div(c.cost, c.quantity.value, Rounding::Down));
    if (!fill.price.value.is_positive())
        return Error{Errc::InvalidParams, "a coin would have cost nothing", "cost",
                     "give what all of the coins cost"};
    ledger::EntryContext context{"fill:paper:" + fill.trade_id, vault->row.mode, fill.time,
                                 context_.actor};
    VAULT_TRYV(SleeveTrader(world_, recorder_)
                   .book_hand_purchase(*vault, sleeve, pair, fill, std::move(context)));
    allocation_row(*vault, "adopt", std::string{to_text(c.sleeve)}, c.cost);
    recorder_.event(owner_of(*vault, context_.actor), fill.time, "warning", "position_adopted",
                    sleeve_name(*vault, c.sleeve),
                    fmt::format("{} {} of the account are now the sleeve's, at a cost of {} {}{}",
                                c.quantity.value.text(), pair.base.text(), c.cost.text(),
                                vault->row.asset.text(),
                                sleeve.held == HoldKind::Halted
                                    ? "; it is halted, so its exit rules do not sell them"
                                    : ""));
    return positions_of(world_, *vault, sleeve);
}

Result<ports::View> Commander::on(const ports::cmd::WriteDown& c) {
    VAULT_TRY(Vault* const vault, this->vault(c.vault));
    VAULT_TRY(PairSlot* const slot, this->slot(*vault, c.sleeve, c.pair));
    ledger::Transaction tx = transaction(*vault);
    VAULT_TRYV(tx.write_down(c.sleeve, slot->pair.base));
    adopt(*vault, std::move(tx));
    Sleeve& sleeve = vault->sleeve(c.sleeve);
    SleeveTrader trader{world_, recorder_};
    trader.pass_attention_on(*vault, sleeve, *slot, now(*vault));
    trader.refresh(*vault, sleeve);
    recorder_.touch(*vault, sleeve);
    return positions_of(world_, *vault, sleeve);
}

}  // namespace vault::engine
