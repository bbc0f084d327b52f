// Orders: intents, ends and fills, late ones included ("Double entry", rules 4, 6, 7, 10, 11).
#include "daemon/ledger/amount_check.hpp"
#include "daemon/ledger/planted_bug.hpp"
#include "daemon/ledger/transaction.hpp"

#include <fmt/format.h>

namespace vault::ledger {
namespace {

enum class FeeIn : std::uint8_t { Quote, Base, Third };

FeeIn fee_in(const Fill& fill, const Asset& base, const Asset& quote) {
    if (fill.fee.is_zero() || fill.fee_asset == quote) return FeeIn::Quote;
    return fill.fee_asset == base ? FeeIn::Base : FeeIn::Third;
}

Error bad_fill(std::string what, std::string field) {
    return Error{Errc::InvalidParams, std::move(what), std::move(field),
                 "the fill does not fit its order; the vault needs attention"};
}

Result<void> check_fill(const Fill& fill, const FillTerms& terms, Side side,
                        const VaultBooks& books) {
    VAULT_TRYV(check_positive(fill.quantity.value, "quantity"));
    VAULT_TRYV(check_not_negative(fill.price.value, "price"));
    VAULT_TRYV(check_not_negative(fill.cost, "cost"));
    VAULT_TRYV(check_not_negative(fill.fee, "fee"));
    VAULT_TRYV(check_not_negative(terms.remaining, "remaining"));
    VAULT_TRYV(check_not_negative(terms.fee_value, "fee_value"));
    if (fill.side != side) return bad_fill("the fill is of the other side", "side");
    if (fill.order.vault != books.vault()) return bad_fill("the fill is another vault's", "order");
    if (terms.base == books.asset() || terms.base.empty()) {
        return bad_fill("the base is the quote itself", "base");
    }
    return success();
}

// What the fee is worth in quote: as reported, at the fill's price, or as the caller values it.
Result<Decimal> fee_value_of(const Fill& fill, FeeIn in, const FillTerms& terms) {
    switch (in) {
        case FeeIn::Quote: return fill.fee;
        case FeeIn::Base: return mul(fill.price.value, fill.fee, Rounding::Floor);
        case FeeIn::Third: return terms.fee_value;
    }
    return kZero;
}

}  // namespace

Result<Decimal> Transaction::buy_intent(SleeveKind sleeve, Decimal lock) {
    VAULT_TRYV(check_positive(lock, "lock"));
    if (books_.underfunded()) {
        return Error{Errc::WrongState, to_text(books_.vault()) + " is underfunded: no buys",
                     "vault", "deposit what is missing, or let positions sell"};
    }
    const Decimal free = books_.free_cash(sleeve);
    if (lock > free && VAULT_PLANTED(ReserveFundsOrder) && lock - free <= books_.reserve()) {
        Postings postings{quote(AccountKind::Reserve, free - lock),
                          quote(sleeve, AccountKind::Cash, lock - free)};
        add_principal(postings, sleeve, lock - free);
        VAULT_TRYV(book(EntryKind::Allocate, std::move(postings)));
    } else if (lock > free && !VAULT_PLANTED(NegativeCash)) {
        return Error{Errc::InsufficientBalance,
                     fmt::format("{} of {} is above its free cash {}", lock.text(), to_text(sleeve),
                                 free.text()),
                     "lock", "allocate more, or spend a smaller fraction"};
    }
    const Decimal joined = books_.sleeve(sleeve).pending;
    VAULT_TRYV(join_pending(sleeve, joined));
    VAULT_TRYV(book(EntryKind::BuyIntent, {quote(sleeve, AccountKind::Cash, -lock),
                                           quote(sleeve, AccountKind::Locked, lock)}));
    return joined;
}

Result<void> Transaction::sell_intent(SleeveKind sleeve, const Asset& base, Decimal quantity) {
    VAULT_TRYV(check_positive(quantity, "quantity"));
    const auto free_of = [&](SleeveKind kind) {
        const Position* position = books_.position(kind, base);
        return position == nullptr ? kZero : position->quantity;
    };
    SleeveKind owner = sleeve;
    if (VAULT_PLANTED(OtherSleeveCoins) && free_of(sleeve) < quantity) {
        owner = sleeve == SleeveKind::Quiet ? SleeveKind::Flash : SleeveKind::Quiet;
    }
    if (quantity > free_of(owner)) {
        return Error{Errc::InsufficientBalance,
                     fmt::format("{} {} is above the {} that {} has free", quantity.text(),
                                 base.text(), free_of(sleeve).text(), to_text(sleeve)),
                     "quantity", "a sleeve sells its own coins only"};
    }
    return book(EntryKind::SellIntent, {{account(owner, AccountKind::Position), base, -quantity},
                                        {account(owner, AccountKind::Held), base, quantity}});
}

Result<void> Transaction::buy_end(SleeveKind sleeve, Decimal remaining) {
    VAULT_TRYV(check_not_negative(remaining, "remaining"));
    if (VAULT_PLANTED(LockNotReturned)) return success();
    return book(EntryKind::OrderEnd, {quote(sleeve, AccountKind::Locked, -remaining),
                                      quote(sleeve, AccountKind::Cash, remaining)});
}

Result<void> Transaction::sell_end(SleeveKind sleeve, const Asset& base, Decimal remaining) {
    VAULT_TRYV(check_not_negative(remaining, "remaining"));
    return book(EntryKind::OrderEnd, {{account(sleeve, AccountKind::Held), base, -remaining},
                                      {account(sleeve, AccountKind::Position), base, remaining}});
}

// Makes `missing` available as cash for a fact that has happened: what was swept last comes back,
// then pending, then external stands in as the sleeve's overdraft.
Result<void> Transaction::cover(SleeveKind sleeve, Decimal missing, FillFigures& figures) {
    const auto gap = [&] { return max(kZero, missing - books_.sleeve(sleeve).cash); };
    figures.sweep_returned =
        min(gap(), min(books_.sleeve(sleeve).last_sweep, books_.unallocated()));
    VAULT_TRYV(
        book(EntryKind::SweepReturn, {quote(AccountKind::Unallocated, -figures.sweep_returned),
                                      quote(sleeve, AccountKind::Cash, figures.sweep_returned)}));
    VAULT_TRYV(join_pending(sleeve, min(gap(), books_.sleeve(sleeve).pending)));
    figures.overdraft = gap();
    Postings postings{quote(AccountKind::External, -figures.overdraft),
                      quote(sleeve, AccountKind::Cash, figures.overdraft)};
    add_principal(postings, sleeve, figures.overdraft);
    VAULT_TRYV(book(EntryKind::Overdraft, std::move(postings)));
    books_.own_sleeve(sleeve).overdraft += figures.overdraft;
    return success();
}

Result<FillFigures> Transaction::buy_fill(const Fill& fill, const FillTerms& terms) {
    VAULT_TRYV(check_fill(fill, terms, Side::Buy, books_));
    const SleeveKind sleeve = fill.order.sleeve;
    const FeeIn in = fee_in(fill, terms.base, books_.asset());
    const Decimal quantity = fill.quantity.value;
    FillFigures figures;
    figures.coins = quantity - (in == FeeIn::Base ? fill.fee : kZero);
    if (figures.coins.is_negative()) return bad_fill("the fee is above the quantity", "fee");
    VAULT_TRY(figures.fee_value, fee_value_of(fill, in, terms));
    // A base fee is paid out of the cost; without coins left there is no cost left either.
    if (in == FeeIn::Base) {
        figures.fee_value = figures.coins.is_zero() ? fill.cost : min(figures.fee_value, fill.cost);
    }
    figures.cost = fill.cost - (in == FeeIn::Base ? figures.fee_value : kZero);
    figures.realised = -figures.fee_value;
    const bool from_vault =
        in == FeeIn::Quote || (in == FeeIn::Third && VAULT_PLANTED(ThirdFeeMovesCash));
    const Decimal spent = fill.cost + (from_vault ? figures.fee_value : kZero);
    const Decimal from_lock = min(terms.remaining, spent);
    figures.remaining = terms.remaining - from_lock;
    VAULT_TRYV(cover(sleeve, spent - from_lock, figures));

    Postings postings{quote(sleeve, AccountKind::Locked, -from_lock),
                      quote(sleeve, AccountKind::Cash, from_lock - spent),
                      quote(sleeve, AccountKind::Position, figures.cost),
                      quote(sleeve, AccountKind::Realised, figures.fee_value)};
    if (in == FeeIn::Third && !from_vault) {
        postings.push_back(quote(AccountKind::ExternalFees, -figures.fee_value));
    }
    add_fee_memo(postings, sleeve, figures.fee_value);
    postings.push_back({account(sleeve, AccountKind::Position), terms.base, figures.coins});
    postings.push_back({account(AccountKind::ExternalFees), terms.base, quantity - figures.coins});
    postings.push_back({account(AccountKind::Market), terms.base, -quantity});
    VAULT_TRYV(book(EntryKind::BuyFill, std::move(postings)));
    return figures;
}

Result<FillFigures> Transaction::sell_fill(const Fill& fill, const FillTerms& terms) {
    VAULT_TRYV(check_fill(fill, terms, Side::Sell, books_));
    const SleeveKind sleeve = fill.order.sleeve;
    const FeeIn in = fee_in(fill, terms.base, books_.asset());
    const Decimal quantity = fill.quantity.value;
    FillFigures figures;
    figures.coins = quantity + (in == FeeIn::Base ? fill.fee : kZero);
    const Decimal from_hold = min(terms.remaining, figures.coins);
    figures.remaining = terms.remaining - from_hold;
    const Position* position = books_.position(sleeve, terms.base);
    if (position == nullptr || figures.coins - from_hold > position->quantity ||
        from_hold > position->held) {
        return Error{Errc::InsufficientBalance,
                     fmt::format("a fill takes {} {} that {} does not have", figures.coins.text(),
                                 terms.base.text(), to_text(sleeve)),
                     "quantity", "the vault needs attention: see vaultctl position resolve"};
    }
    // The last coins take all the cost that is left, so no rounding stays behind.
    const bool last =
        figures.coins == position->coins() && !VAULT_PLANTED(CostNotClearedAtLastCoin);
    if (last) {
        figures.cost = position->cost;
    } else {
        VAULT_TRY(figures.cost,
                  mul_div(position->cost, figures.coins, position->coins(), Rounding::Floor));
        if (VAULT_PLANTED(CostNotClearedAtLastCoin)) figures.cost = floor_8(figures.cost);
    }
    VAULT_TRY(figures.fee_value, fee_value_of(fill, in, terms));
    const Decimal received = fill.cost - (in == FeeIn::Quote ? figures.fee_value : kZero);
    const Decimal third_fee = in == FeeIn::Third ? figures.fee_value : kZero;
    figures.realised = received - figures.cost - third_fee;
    const Decimal coin_fee = figures.coins - quantity;
    VAULT_TRYV(cover(sleeve, max(kZero, -received), figures));

    Postings postings{quote(sleeve, AccountKind::Cash, received),
                      quote(sleeve, AccountKind::Position, -figures.cost),
                      quote(sleeve, AccountKind::Realised, -figures.realised),
                      quote(AccountKind::ExternalFees, -third_fee)};
    add_fee_memo(postings, sleeve, figures.fee_value);
    postings.push_back({account(sleeve, AccountKind::Held), terms.base, -from_hold});
    postings.push_back(
        {account(sleeve, AccountKind::Position), terms.base, from_hold - figures.coins});
    postings.push_back({account(AccountKind::ExternalFees), terms.base, coin_fee});
    postings.push_back({account(AccountKind::Market), terms.base, quantity});
    VAULT_TRYV(book(EntryKind::SellFill, std::move(postings)));
    return figures;
}

}  // namespace vault::ledger
