#include "tests/unit/ledger/random_world.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace vault::ledger::test {
namespace {

const VaultId kVault{7};
const Asset kQuote = Asset::parse("USDT").value();

Decimal scaled(Decimal about, std::uint64_t numerator, std::uint64_t denominator) {
    return mul_div(about, Decimal::from_int(static_cast<std::int64_t>(numerator)),
                   Decimal::from_int(static_cast<std::int64_t>(denominator)), Rounding::Floor)
        .value();
}

std::string code_of(const Refusal& refusal) {
    return refusal ? fmt::format("refusal {}", static_cast<int>(*refusal)) : "success";
}

}  // namespace

RandomWorld::RandomWorld(std::uint64_t seed)
    : random_(seed),
      bases_{Asset::parse("ETH").value(), Asset::parse("BTC").value()},
      books_(kVault, kQuote),
      price_(Decimal::from_int(2000)) {
    const Decimal start = amount(Decimal::from_int(5000));
    wallet_ = start;
    play(
        "open", "cmd:open", [&](Transaction& t) { return t.open(start); },
        [&](PlainModel& m) { return m.open(start); });
}

Decimal RandomWorld::amount(Decimal about) {
    const Decimal x = scaled(about, roll(2'000'000'001), 1'000'000'000);
    switch (roll(4)) {
        case 0: return round_places(x, 2, Rounding::Floor);
        case 1: return floor_8(x);
        case 2: return x;
        default: return chance(10) ? Decimal::from_raw(1 + Decimal::Raw{roll(3)}) : floor_8(x);
    }
}

Decimal RandomWorld::amount_or_nonsense(Decimal about) {
    if (!chance(3)) return amount(about);
    switch (roll(5)) {
        case 0: return kZero;
        case 1: return -amount(about);
        case 2: return kBalanceMax + Decimal::from_raw(1);
        case 3: return Decimal::from_raw(Decimal::kLimit - 1);
        default: return Decimal::from_raw(1);
    }
}

bool RandomWorld::live(SleeveKind sleeve) const {
    for (const WorldOrder& order : orders_) {
        if (order.live && order.id.sleeve == sleeve) return true;
    }
    return false;
}

WorldOrder* RandomWorld::live_order(SleeveKind sleeve) {
    for (WorldOrder& order : orders_) {
        if (order.live && order.id.sleeve == sleeve) return &order;
    }
    return nullptr;
}

std::optional<Decimal> RandomWorld::any_pct() {
    if (chance(50)) return std::nullopt;
    return Decimal::from_int(static_cast<std::int64_t>(roll(40)));
}

void RandomWorld::fail(std::string text) {
    if (!failure_.empty()) return;
    failure_ = std::move(text);
    for (const std::string& line : log_)
        failure_ += "\n    " + line;
}

bool RandomWorld::run(int steps) {
    for (int i = 0; i < steps && failure_.empty(); ++i) {
        now_ += std::chrono::milliseconds{roll(60'000)};
        price_ = scaled(price_, 950 + roll(101), 1000);
        if (price_ < Decimal::from_int(100)) price_ = Decimal::from_int(2000);
        step();
    }
    return failure_.empty();
}

void RandomWorld::step() {
    const int choice = static_cast<int>(roll(100));
    if (choice < 14) return try_funding(choice);
    if (choice < 34) return try_allocation(choice - 14);
    if (choice < 88) return try_order(choice - 34);
    try_upkeep(choice - 88);
}

void RandomWorld::try_funding(int choice) {
    if (choice < 6) return deposit();
    if (choice < 9) return withdraw(false);
    if (choice < 11) return withdraw(true);
    if (choice < 12) return undo_deposit();
    if (choice < 13) return change_mode();
    const Decimal fee = amount_or_nonsense(kOne);
    wallet_ -= fee.is_positive() && fee <= kBalanceMax ? fee : kZero;
    play(
        "fee_paid " + fee.text(), fmt::format("fill:other:{}", ++causes_),
        [&](Transaction& t) -> Result<void> {
            VAULT_TRYV(t.fee_paid(fee));
            return success();
        },
        [&](PlainModel& m) { return m.fee_paid(fee); });
}

void RandomWorld::deposit() {
    const Decimal d =
        amount_or_nonsense(chance(20) ? Decimal::from_int(3000) : Decimal::from_int(200));
    AutoRaise policy;
    policy.kind = static_cast<AutoRaise::Kind>(roll(3));
    policy.percent = Decimal::from_int(static_cast<std::int64_t>(roll(101)));
    if (chance(30)) policy.ceiling = amount(Decimal::from_int(4000));
    policy.reserve_pct = any_pct();
    const bool by_hand = chance(20);
    wallet_ += d.is_positive() && d <= kBalanceMax ? d : kZero;
    const bool booked = play(
        "deposit " + d.text(), fmt::format("funding:{}", ++causes_),
        [&](Transaction& t) -> Result<void> {
            VAULT_TRYV(t.deposit(d, policy, by_hand ? EntryKind::ManualTrade : EntryKind::Deposit));
            return success();
        },
        [&](PlainModel& m) { return m.deposit(d, policy); });
    if (booked && !by_hand) last_deposit_ = last_transaction_.front();
}

void RandomWorld::withdraw(bool by_hand) {
    const Decimal about = chance(30) ? books_.total() : Decimal::from_int(150);
    const Decimal w = amount_or_nonsense(about);
    if (w > wallet_ && w <= kBalanceMax) return;  // no exchange gives what is not there
    wallet_ -= w.is_positive() && w <= kBalanceMax ? w : kZero;
    play(
        "withdraw " + w.text(), fmt::format("funding:{}", ++causes_),
        [&](Transaction& t) -> Result<void> {
            VAULT_TRYV(t.withdraw(w, by_hand ? EntryKind::ManualTrade : EntryKind::Withdrawal));
            return success();
        },
        [&](PlainModel& m) { return m.withdraw(w); });
}

void RandomWorld::undo_deposit() {
    if (!last_deposit_) return;
    const Entry wrong = *last_deposit_;
    const Decimal d = wrong.postings.back().amount;
    wallet_ -= d;
    const bool booked = play(
        "correct deposit " + d.text(), fmt::format("correction:{}", ++causes_),
        [&](Transaction& t) { return t.correct(wrong); },
        [&](PlainModel& m) { return m.undo_deposit(d); });
    if (!booked) wallet_ += d;
    last_deposit_.reset();
}

void RandomWorld::change_mode() {
    const Decimal start = amount(Decimal::from_int(5000));
    if (live(SleeveKind::Quiet) || live(SleeveKind::Flash)) return;
    const Mode to = mode_ == Mode::Paper ? Mode::Live : Mode::Paper;
    const Decimal wallet = wallet_;
    const auto coins = coins_;
    wallet_ = start;
    coins_.clear();
    const bool booked = play(
        "mode_change", fmt::format("cmd:mode{}", ++causes_),
        [&](Transaction& t) { return t.change_mode(to, start); },
        [&](PlainModel& m) { return m.change_mode(start); });
    if (!booked) {
        wallet_ = wallet;
        coins_ = coins;
        return;
    }
    mode_ = to;
    orders_.clear();
    last_deposit_.reset();
}

void RandomWorld::try_allocation(int choice) {
    if (choice < 6) return set_tradeable();
    if (choice < 14) return allocate(false);
    allocate(true);
}

void RandomWorld::set_tradeable() {
    const auto pct = any_pct();
    Decimal to = amount_or_nonsense(scaled(books_.total(), 1, 2));
    if (chance(40)) to = scaled(books_.total(), 80 + roll(25), 100);
    play(
        "set_tradeable " + to.text() + (pct ? " pct " + pct->text() : ""),
        fmt::format("cmd:{}", ++causes_), [&](Transaction& t) { return t.set_tradeable(to, pct); },
        [&](PlainModel& m) { return m.set_tradeable(to, pct); });
}

void RandomWorld::allocate(bool back) {
    const auto about = [&](SleeveKind sleeve) {
        if (chance(35)) return kZero;
        const Decimal of = back ? books_.balance(sleeve) : books_.unallocated();
        return chance(10) ? of : amount_or_nonsense(scaled(of, back ? 30 : 40, 100));
    };
    const PerSleeve<Decimal> deltas{about(SleeveKind::Quiet), about(SleeveKind::Flash)};
    const PerSleeve<bool> busy{live(SleeveKind::Quiet), live(SleeveKind::Flash)};
    const std::string what = fmt::format("{} {} {}", back ? "unallocate" : "allocate",
                                         deltas.quiet.text(), deltas.flash.text());
    play(
        what, fmt::format("cmd:{}", ++causes_),
        [&](Transaction& t) -> Result<void> {
            if (back) {
                VAULT_TRYV(t.unallocate(deltas, busy));
            } else {
                VAULT_TRYV(t.allocate(deltas, busy));
            }
            return success();
        },
        [&](PlainModel& m) {
            return back ? m.unallocate(deltas.quiet, deltas.flash, busy.quiet, busy.flash)
                        : m.allocate(deltas.quiet, deltas.flash, busy.quiet, busy.flash);
        });
}

void RandomWorld::try_order(int choice) {
    if (choice < 14) return buy_intent();
    if (choice < 26) return sell_intent();
    if (choice < 46) return fill_live();
    if (choice < 51) return end_order();
    fill_late();
}

void RandomWorld::buy_intent() {
    const SleeveKind sleeve = any_sleeve();
    if (live(sleeve)) return;
    const Decimal free = books_.free_cash(sleeve);
    Decimal lock = chance(15) ? free : amount_or_nonsense(scaled(free, 1, 2));
    if (chance(5)) lock = free + Decimal::from_raw(1);
    const OrderId id{kVault, sleeve, ++order_number_};
    const bool missing = model_.missing().is_positive() && lock.is_positive();
    const bool booked = play(
        fmt::format("buy_intent {} {}", to_text(sleeve), lock.text()), "order:" + to_text(id),
        [&](Transaction& t) -> Result<void> {
            VAULT_TRYV(t.buy_intent(sleeve, lock));
            return success();
        },
        [&](PlainModel& m) { return m.buy_intent(sleeve, lock); });
    if (missing && booked) return fail("an underfunded vault bought");
    if (missing) ++buys_while_underfunded_;
    if (booked) orders_.push_back({id, Side::Buy, any_base(), lock, true});
}

void RandomWorld::sell_intent() {
    const SleeveKind sleeve = any_sleeve();
    if (live(sleeve)) return;
    Asset base = any_base();
    const auto& positions = books_.sleeve(sleeve).positions;
    if (!positions.empty() && chance(90)) base = positions[roll(positions.size())].base;
    const Position* position = books_.position(sleeve, base);
    const Decimal free = position == nullptr ? kOne : position->quantity;
    const Decimal quantity = chance(75) ? free : amount_or_nonsense(scaled(free, 2, 3));
    const OrderId id{kVault, sleeve, ++order_number_};
    const bool booked = play(
        fmt::format("sell_intent {} {} {}", to_text(sleeve), quantity.text(), base.text()),
        "order:" + to_text(id),
        [&](Transaction& t) { return t.sell_intent(sleeve, base, quantity); },
        [&](PlainModel& m) { return m.sell_intent(sleeve, std::string{base.text()}, quantity); });
    if (booked) orders_.push_back({id, Side::Sell, base, quantity, true});
}

// Costs and fees are a venue's own numbers: they need not be price times quantity.
PlainFill RandomWorld::random_fill(const WorldOrder& order, bool ends) {
    PlainFill fill;
    fill.sleeve = order.id.sleeve;
    fill.side = order.side;
    fill.base = std::string{order.base.text()};
    fill.price = price_;
    fill.remaining = order.remaining;
    const std::uint64_t in = roll(10);
    fill.fee_in = in < 6 ? PlainFee::Quote : in < 8 ? PlainFee::Base : PlainFee::Third;
    const Decimal part = scaled(order.remaining, ends ? 99 : 1 + roll(98), 100);
    Decimal size = part.is_positive() ? part : amount(Decimal::from_int(20));
    if (part.is_zero() && order.side == Side::Buy && chance(50)) {  // late, and past the free cash
        const SleeveBooks& own = books_.sleeve(order.id.sleeve);
        size = own.cash + scaled(own.last_sweep + kOne, 1 + roll(150), 100);
    }
    if (order.side == Side::Buy) {
        fill.cost = chance(4) ? size : scaled(size, 996, 1000);
        fill.quantity = div(fill.cost, price_, Rounding::Down).value() + Decimal::from_raw(1);
    } else {
        fill.quantity = size;
        if (fill.fee_in == PlainFee::Base) fill.quantity = scaled(size, 996, 1000);
        if (ends && fill.fee_in != PlainFee::Base && order.remaining.is_positive()) {
            fill.quantity = order.remaining;
        }
        if (fill.quantity.is_zero()) fill.quantity = Decimal::from_raw(1);
        fill.cost = mul(fill.quantity, price_, Rounding::Down).value();
    }
    const Decimal fee = scaled(fill.cost, roll(5), 1000);
    fill.fee = fee;
    if (fill.fee_in == PlainFee::Base) fill.fee = scaled(fill.quantity, roll(5), 1000);
    if (fill.fee_in == PlainFee::Third) fill.third_value = fee;
    if (fill.fee.is_zero()) fill.fee_in = PlainFee::Quote;
    return fill;
}

void RandomWorld::book_fill(WorldOrder& order, bool ends) {
    PlainFill plain = random_fill(order, ends);
    const std::string trade = fmt::format("T{}", ++causes_);
    Asset fee_asset = kQuote;
    if (plain.fee_in == PlainFee::Base) fee_asset = order.base;
    if (plain.fee_in == PlainFee::Third) fee_asset = Asset::parse("BNB").value();
    const Fill fill{
        order.id,   trade,     now_,     order.side, Price{plain.price}, Quantity{plain.quantity},
        plain.cost, plain.fee, fee_asset};
    const bool ended = ends && order.live;
    const auto other_live = [&] {
        const WorldOrder* still = live_order(plain.sleeve);
        return still != nullptr && !(ended && still == &order);
    }();
    const Decimal before_remaining = order.remaining;
    const std::string what =
        fmt::format("{} {} {} {} cost {} fee {} {}{}", order.live ? "fill" : "late fill",
                    to_text(plain.sleeve), to_text(order.side), plain.quantity.text(),
                    plain.cost.text(), plain.fee.text(), fee_asset.text(), ended ? " ends" : "");
    const Decimal wallet = wallet_;
    const auto coins = coins_;
    const Decimal quote_fee = plain.fee_in == PlainFee::Quote ? plain.fee : kZero;
    const Decimal coin_fee = plain.fee_in == PlainFee::Base ? plain.fee : kZero;
    const bool buys = order.side == Side::Buy;
    wallet_ += (buys ? -plain.cost : plain.cost) - quote_fee;
    coins_[plain.base] += (buys ? plain.quantity : -plain.quantity) - coin_fee;
    Decimal left;
    const bool booked = play(
        what, "fill:paper:" + trade,
        [&](Transaction& t) -> Result<void> {
            const FillTerms terms{order.base, before_remaining, plain.third_value};
            VAULT_TRY(const auto figures,
                      buys ? t.buy_fill(fill, terms) : t.sell_fill(fill, terms));
            left = figures.remaining;
            if (ended) {
                t.set_cause("order:" + to_text(order.id) + ":end");
                VAULT_TRYV(buys ? t.buy_end(plain.sleeve, left)
                                : t.sell_end(plain.sleeve, order.base, left));
                left = kZero;
            }
            VAULT_TRYV(t.close_if_flat(plain.sleeve, other_live));
            return success();
        },
        [&](PlainModel& m) -> Refusal {
            PlainFill copy = plain;
            if (const auto refused = m.fill(copy)) return refused;
            if (ended) {
                if (const auto r = m.end(copy.sleeve, copy.side, copy.base, copy.remaining))
                    return r;
            }
            m.close(copy.sleeve, other_live);
            return std::nullopt;
        });
    if (booked) {
        order.remaining = left;
        if (ended) order.live = false;
    } else {
        wallet_ = wallet;
        coins_ = coins;
    }
}

void RandomWorld::fill_live() {
    WorldOrder* order = live_order(any_sleeve());
    if (order == nullptr || order->remaining.is_zero()) return;
    book_fill(*order, chance(60));
}

void RandomWorld::fill_late() {
    std::vector<WorldOrder*> ended;
    for (WorldOrder& order : orders_) {
        if (!order.live) ended.push_back(&order);
    }
    if (ended.empty()) return;
    if (books_.sleeve(SleeveKind::Flash).last_sweep.is_positive() && chance(60)) {
        std::erase_if(ended, [](const WorldOrder* order) {
            return order->id.sleeve == SleeveKind::Quiet || order->side == Side::Sell;
        });
        if (ended.empty()) return;
    }
    book_fill(*ended[ended.size() - 1 - roll(std::min<std::size_t>(ended.size(), 3))], false);
}

void RandomWorld::end_order() {
    const SleeveKind sleeve = any_sleeve();
    WorldOrder* order = live_order(sleeve);
    if (order == nullptr) return;
    const Decimal left = order->remaining;
    const Asset base = order->base;
    const bool buys = order->side == Side::Buy;
    const bool booked = play(
        "order_end " + to_text(order->id), "order:" + to_text(order->id) + ":end",
        [&](Transaction& t) -> Result<void> {
            VAULT_TRYV(buys ? t.buy_end(sleeve, left) : t.sell_end(sleeve, base, left));
            VAULT_TRYV(t.close_if_flat(sleeve, false));
            return success();
        },
        [&](PlainModel& m) -> Refusal {
            if (const auto r = m.end(sleeve, order->side, std::string{base.text()}, left)) return r;
            m.close(sleeve, false);
            return std::nullopt;
        });
    if (!booked) return;
    order->remaining = kZero;
    order->live = false;
}

void RandomWorld::try_upkeep(int choice) {
    const SleeveKind sleeve = any_sleeve();
    const Asset base = any_base();
    const std::string name{base.text()};
    const std::string cause = fmt::format("cmd:{}", ++causes_);
    if (choice < 1) return restart();
    if (choice < 3) return duplicate();
    if (choice < 7) {
        const Decimal share = amount_or_nonsense(scaled(kOne, 1, 2));
        play(
            "quiet_sweep " + share.text(), cause,
            [&](Transaction& t) -> Result<void> {
                VAULT_TRYV(t.quiet_sweep(share, live(SleeveKind::Quiet)));
                return success();
            },
            [&](PlainModel& m) { return m.quiet_sweep(share, live(SleeveKind::Quiet)); });
    } else if (choice < 10) {
        play(
            "mark_dust " + name, cause,
            [&](Transaction& t) -> Result<void> {
                VAULT_TRYV(t.mark_dust(sleeve, base));
                VAULT_TRYV(t.close_if_flat(sleeve, live(sleeve)));
                return success();
            },
            [&](PlainModel& m) -> Refusal {
                if (const auto refused = m.mark_dust(sleeve, name)) return refused;
                m.close(sleeve, live(sleeve));
                return std::nullopt;
            });
    } else {
        const Position* position = books_.position(sleeve, base);
        const Decimal coins = position == nullptr ? kZero : position->quantity;
        coins_[name] -= coins;  // no longer the vault's
        const bool booked = play(
            "write_down " + name, cause, [&](Transaction& t) { return t.write_down(sleeve, base); },
            [&](PlainModel& m) { return m.write_down(sleeve, name); });
        if (!booked) coins_[name] += coins;
    }
}

// The same transaction again, as after a crash or a second delivery: the store must refuse it
// whole.
void RandomWorld::duplicate() {
    if (last_transaction_.empty()) return;
    bool fresh = true;
    for (const Entry& entry : last_transaction_)
        fresh = fresh && !keys_.contains(entry_key(entry));
    if (fresh) fail("a duplicate transaction would have been booked again");
    VaultBooks copy = books_;
    if (copy.post(last_transaction_.front()).has_value()) fail("an entry was posted twice");
}

void RandomWorld::restart() {
    const auto restored =
        VaultBooks::restore(kVault, kQuote, books_.balances(), books_.state(), books_.head());
    if (restored.has_error()) return fail("restore: " + restored.error().message());
    if (!(restored.value() == books_)) fail("restored books differ");
}

bool RandomWorld::play(const std::string& what, const std::string& cause, const Play& play,
                       const Expect& expect) {
    log_.push_back(what);
    if (log_.size() > 12) log_.pop_front();
    Transaction transaction{books_, {cause, mode_, now_, "engine"}};
    const auto result = play(transaction);
    PlainModel next = model_;
    const Refusal expected = expect(next);
    const Refusal got = result.has_error() ? Refusal{result.error().code()} : std::nullopt;
    if (got) ++refusals_[*got];
    if (expected != got) {
        fail(fmt::format("{}: {} instead of {} {}", what, code_of(got), code_of(expected),
                         result.has_error() ? result.error().message() : ""));
        return false;
    }
    if (got) return false;
    model_ = std::move(next);
    return commit(what, transaction);
}

bool RandomWorld::commit(const std::string& what, const Transaction& transaction) {
    for (const Entry& entry : transaction.entries()) {
        if (!keys_.insert(entry_key(entry)).second) fail("key booked twice: " + entry_key(entry));
        journal_.push_back(entry);
    }
    if (!transaction.entries().empty()) last_transaction_ = transaction.entries();
    const VaultBooks before = books_;
    books_ = transaction.books();
    check({what, before, books_, transaction.entries()});
    return failure_.empty();
}

void RandomWorld::check(const WorldStep& step) {
    const auto identities = check_identities(books_);
    if (identities.has_error()) return fail(step.what + ": " + identities.error().message());
    const std::string difference = model_.difference(books_);
    if (!difference.empty()) return fail(step.what + ": differs:" + difference);
    const Decimal owed = books_.shortfall() + books_.sleeve(SleeveKind::Quiet).overdraft +
                         books_.sleeve(SleeveKind::Flash).overdraft;
    if (books_.wallet_cash() - owed != wallet_) {
        return fail(fmt::format("{}: the exchange holds {}, the books say {}", step.what,
                                wallet_.text(), (books_.wallet_cash() - owed).text()));
    }
    for (const Asset& base : bases_) {
        Decimal coins;
        for (const SleeveKind sleeve : kSleeveKinds) {
            const Position* position = books_.position(sleeve, base);
            if (position != nullptr) coins += position->coins();
        }
        const auto at = coins_.find(std::string{base.text()});
        if (coins != (at == coins_.end() ? kZero : at->second)) {
            return fail(step.what + ": coins differ from the exchange's in " +
                        std::string{base.text()});
        }
    }
    for (const Observer& observer : observers_) {
        const std::string wrong = observer(step);
        if (!wrong.empty()) return fail(step.what + ": " + wrong);
    }
}

bool RandomWorld::finish() {
    if (!failure_.empty()) return false;
    const auto folded = fold(kVault, kQuote, journal_);
    if (folded.has_error()) {
        fail("fold: " + folded.error().message());
        return false;
    }
    if (!same_journal(folded.value(), books_)) fail("fold of the journal differs from the books");
    if (journal_.empty()) return failure_.empty();
    // The last fact once more, properly chained: a journal must not hold it.
    std::vector<Entry> twice = journal_;
    for (Entry again : last_transaction_) {
        again.seq = twice.back().seq + 1;
        again.tx = again.seq;
        again.prev_hash = twice.back().hash;
        again.hash = entry_hash(again);
        twice.push_back(again);
        const auto refused = fold(kVault, kQuote, twice);
        if (refused.has_value()) fail("a key was folded twice: " + entry_key(again));
        if (refused.has_error() && refused.error().code() != Errc::StoreInvalid) {
            fail("a key booked twice is not what stopped the fold: " + refused.error().message());
        }
        break;
    }
    return failure_.empty();
}

std::uint64_t property_sequences(std::uint64_t standard) {
    const char* text = std::getenv("VAULT_PROPERTY_SEQUENCES");
    return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

std::uint64_t property_seed() {
    const char* text = std::getenv("VAULT_PROPERTY_SEED");
    return text == nullptr ? 20'261'124 : std::strtoull(text, nullptr, 10);
}

std::string run_worlds(std::uint64_t sequences, int steps,
                       const std::function<void(RandomWorld&)>& prepare) {
    for (std::uint64_t i = 0; i < sequences; ++i) {
        const std::uint64_t seed = property_seed() + i;
        RandomWorld world{seed};
        if (prepare) prepare(world);
        if (world.run(steps) && world.finish()) continue;
        return fmt::format("VAULT_PROPERTY_SEED={} VAULT_PROPERTY_SEQUENCES=1: {}", seed,
                           world.failure());
    }
    return {};
}

}  // namespace vault::ledger::test
