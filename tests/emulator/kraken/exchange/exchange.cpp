#include "tests/emulator/kraken/exchange/exchange.hpp"

#include "common/base/check.hpp"
#include "tests/emulator/kraken/exchange/fees.hpp"
#include "tests/emulator/kraken/exchange/order_rules.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

using boost::outcome_v2::success;

constexpr std::string_view kByUser = "User requested";

// Its quantity is no more than what is filled by now, so that nothing is left to be too small.
bool ends_by_amendment(const PairInfo& pair, const Order& changed) {
    const Decimal quantity = changed.terms.quantity;
    return quantity.is_positive() && quantity <= changed.executed &&
           quantity == round_step(quantity, pair.lot(), Rounding::Down);
}

}  // namespace

Exchange::Exchange(Instruments instruments, Settings settings, Moment start)
    : instruments_(std::move(instruments)),
      settings_(settings),
      now_(start),
      ids_(settings.seed),
      markets_(instruments_.pairs().size()) {
    open_books();
}

Decimal Exchange::last_price(PairNo pair) const {
    const auto last = markets_[pair].tape.last();
    return last ? last->price : instruments_.pair(pair).start_price;
}

std::vector<Event> Exchange::take_events() {
    return std::exchange(events_, {});
}

void Exchange::open_books() {
    for (PairNo pair = 0; pair < markets_.size(); ++pair)
        set_street(pair);
}

AccountNo Exchange::open_account(std::string name, Tier tier) {
    accounts_.emplace_back(accounts_.size(), std::move(name), tier);
    return accounts_.size() - 1;
}

void Exchange::set_earlier_volume(AccountNo account, Decimal usd) {
    accounts_[account].set_earlier_volume(usd);
}

void Exchange::transfer(AccountNo account, Asset asset, Decimal amount, std::string_view type,
                        std::string_view subtype) {
    post(accounts_[account], asset, amount, kZero, type, subtype, ids_.next('Q'));
}

void Exchange::set_status(SystemStatus status) {
    status_ = status;
    events_.emplace_back(StatusEvent{now_, status});
}

void Exchange::set_listing(PairNo pair, PairStatus status, Decimal order_min) {
    instruments_.pair(pair).status = status;
    instruments_.pair(pair).order_min = order_min;
    events_.emplace_back(ListingEvent{now_, pair});
}

// The moment of the first thing that is due by `most`, or `most`.
Moment Exchange::next_due(Moment most) const {
    Moment due = most;
    if (!expiries_.empty()) due = std::min(due, expiries_.begin()->first);
    for (const OrderNo each : scheduled_)
        if (matches(orders_[each].terms.pair)) due = std::min(due, orders_[each].terms.starts);
    for (const Account& account : accounts_)
        if (account.switch_at != kNever) due = std::min(due, account.switch_at);
    return std::max(due, now_);
}

void Exchange::advance(Moment to) {
    if (to <= now_) return;
    while (true) {
        now_ = next_due(to);
        while (!expiries_.empty() && expiries_.begin()->first <= now_) {
            Order& order = orders_[expiries_.begin()->second];
            finish(order, OrderStatus::Expired, Execution::Expired, "Order expired");
            tell_book(order.terms.pair);
        }
        const std::set<OrderNo> scheduled = scheduled_;
        for (const OrderNo each : scheduled)  // while the market is closed they wait
            if (orders_[each].terms.starts <= now_ && matches(orders_[each].terms.pair))
                begin(orders_[each]);
        for (Account& account : accounts_) {
            if (account.switch_at == kNever || account.switch_at > now_) continue;
            if (status_ == SystemStatus::Maintenance) {  // it fires when the engine is back
                account.switch_at = to + std::chrono::nanoseconds{1};
                continue;
            }
            account.switch_at = kNever;
            cancel_quietly(account.no(), "Dead man's switch");
        }
        if (now_ == to) break;
    }
    for (Market& market : markets_)
        market.tape.roll(now_);
    for (auto at = old_.begin(); at != old_.end();) {
        std::deque<OldOrder>& versions = at->second;
        while (!versions.empty() && versions.front().replaced + settings_.read_lag <= now_)
            versions.pop_front();
        at = versions.empty() ? old_.erase(at) : std::next(at);
    }
}

// Of a request, whose times are by the exchange's clock. Its deadline stays: it is judged by that.
OrderTerms Exchange::in_true_time(OrderTerms terms) const {
    if (terms.expires != kNever) terms.expires -= skew_;
    if (terms.starts != kNever) terms.starts -= skew_;
    return terms;
}

// The terms as the engine takes them: with the quantity of a viqc order in base units.
Answer<OrderTerms> Exchange::accepted(const Account& account, const OrderTerms& terms,
                                      const Order* replaced) const {
    const PairInfo& pair = instruments_.pair(terms.pair);
    if (terms.deadline != kNever && terms.deadline <= clock())
        return Refusal{refused::kDeadlineElapsed};
    BOOST_OUTCOME_TRYV(check_open(status_, pair, terms));
    BOOST_OUTCOME_TRYV(check_terms(pair, terms, last_price(terms.pair), now_));
    if (!terms.cl_ord_id.empty() && account.open_ids.contains(terms.cl_ord_id))
        return Refusal{refused::kDuplicateOrder};
    const auto found = account.open_of.find(terms.pair);
    const std::size_t open = found == account.open_of.end() ? 0 : found->second;
    const std::size_t gone = replaced == nullptr ? 0 : 1;
    if (open - gone >= engine_limits(account.tier()).open_orders)
        return Refusal{refused::kOrdersLimit};
    OrderTerms out = terms;
    if (terms.in_quote) {
        out.quantity = bought_for(account.no(), terms);
        if (out.quantity < pair.order_min) return Refusal{refused::kOrderMinimum};
    }
    return out;
}

Order Exchange::drafted(const Account& account, const OrderTerms& terms) const {
    const FeeTier& tier = fee_schedule()[fee_tier_of(account.volume(now_))];
    Order order;
    order.account = account.no();
    order.terms = terms;
    order.status = OrderStatus::Pending;
    order.opened = order.touched = now_;
    order.taker_percent = tier.taker;
    order.maker_percent = tier.maker;
    return order;
}

// What it will hold; of a market order what it takes from the book as it is.
Answer<void> Exchange::check_funds(const Account& account, const Order& order) const {
    const OrderTerms& terms = order.terms;
    const PairInfo& pair = instruments_.pair(terms.pair);
    const bool buys = terms.side == Side::Buy;
    const Asset asset = buys ? pair.quote : pair.base;
    Decimal needed = hold_of(pair, order);
    if (needed.is_zero()) {  // it trades at once and holds nothing
        needed =
            buys ? fillable(order, Own::Prevented, order.left(), kAmountMax).cost : order.left();
        if (buys != terms.fee_in_base)
            needed += fee_on(needed, order.taker_percent, Decimal::kPlaces);
    }
    if (needed > account.available(asset) + order.held) return Refusal{refused::kInsufficientFunds};
    return success();
}

Answer<void> Exchange::validate(AccountNo account, const OrderTerms& terms) const {
    BOOST_OUTCOME_TRY(const OrderTerms taken,
                      accepted(accounts_[account], in_true_time(terms), nullptr));
    return check_funds(accounts_[account], drafted(accounts_[account], taken));
}

Answer<OrderNo> Exchange::add(AccountNo no, const OrderTerms& terms) {
    Account& account = accounts_[no];
    const std::int64_t points = engine_cost(EngineAction::Add, Span::zero());
    if (!account.counters[terms.pair].charge(points, account.tier(), now_))
        return Refusal{refused::kOrderRate};
    return add_of_batch(no, terms);
}

Answer<void> Exchange::charge_batch(AccountNo no, PairNo pair, std::size_t orders) {
    Account& account = accounts_[no];
    const auto count = static_cast<std::int64_t>(orders);
    if (!account.counters[pair].charge_batch(count, account.tier(), now_))
        return Refusal{refused::kOrderRate};
    return success();
}

Answer<OrderNo> Exchange::add_of_batch(AccountNo no, const OrderTerms& terms) {
    const Account& account = accounts_[no];
    BOOST_OUTCOME_TRY(const OrderTerms taken, accepted(account, in_true_time(terms), nullptr));
    Order draft = drafted(account, taken);
    BOOST_OUTCOME_TRYV(check_funds(account, draft));
    if (would_take(draft) && settings_.post_only_refused) return Refusal{refused::kPostOnlyOrder};
    return enter(std::move(draft)).no;
}

// A post-only order that would trade if it worked now.
bool Exchange::would_take(const Order& order) const {
    const OrderTerms& terms = order.terms;
    const auto best = book(terms.pair).best(terms.side == Side::Buy ? Side::Sell : Side::Buy);
    return terms.post_only && terms.starts <= now_ && best && accepts(order, *best);
}

Order& Exchange::enter(Order draft) {
    draft.no = orders_.size();
    draft.id = ids_.next('O');
    by_id_.emplace(draft.id, draft.no);
    Order& order = orders_.emplace_back(std::move(draft));
    Account& account = accounts_[order.account];
    account.open.insert(order.no);
    ++account.open_of[order.terms.pair];
    if (!order.terms.cl_ord_id.empty()) account.open_ids.emplace(order.terms.cl_ord_id, order.no);
    if (order.terms.force == TimeInForce::Gtd) expiries_.emplace(order.terms.expires, order.no);
    start(order);
    return order;
}

// The order that takes the place of `replaced`, which is open and of that account.
Answer<Order> Exchange::replacement(const Account& account, OrderNo replaced,
                                    const Edit& edit) const {
    const Order& old = orders_[replaced];
    if (old.triggered || old.terms.close) return Refusal{refused::kInvalidOrder};
    if (edit.limit && !has_limit(old.terms.type)) return Refusal::invalid("price");
    OrderTerms terms = old.terms;
    terms.quantity = edit.quantity.value_or(old.terms.quantity) - old.executed;
    if (!terms.quantity.is_positive()) return Refusal{refused::kInvalidOrder};
    terms.limit = edit.limit.value_or(terms.limit);
    terms.trigger = edit.trigger.value_or(terms.trigger);
    terms.display = min(edit.display.value_or(terms.display), terms.quantity);
    terms.post_only = edit.post_only;
    terms.in_quote = false;  // its quantity is in base units by now
    if (old.status == OrderStatus::Open) terms.starts = kNever;
    if (edit.userref) terms.userref = edit.userref;
    terms.cl_ord_id.clear();
    terms.deadline = edit.deadline;
    BOOST_OUTCOME_TRY(const OrderTerms taken, accepted(account, terms, &old));
    Order draft = drafted(account, taken);
    draft.refid = old.id;
    draft.held = old.held;  // which is free for it
    BOOST_OUTCOME_TRYV(check_funds(account, draft));
    draft.held = kZero;
    if (would_take(draft) && settings_.post_only_refused) return Refusal{refused::kPostOnlyOrder};
    return draft;
}

Answer<void> Exchange::validate_edit(AccountNo no, OrderNo number, const Edit& edit) const {
    const Order& old = orders_[number];
    if (old.account != no || !old.is_open()) return Refusal{refused::kUnknownOrder};
    BOOST_OUTCOME_TRYV(replacement(accounts_[no], number, edit));
    return success();
}

Answer<OrderNo> Exchange::edit(AccountNo no, OrderNo number, const Edit& edit) {
    Account& account = accounts_[no];
    Order& old = orders_[number];
    if (old.account != no || !old.is_open()) return Refusal{refused::kUnknownOrder};
    const std::int64_t points = engine_cost(EngineAction::Edit, now_ - old.touched);
    if (!account.counters[old.terms.pair].charge(points, account.tier(), now_))
        return Refusal{refused::kOrderRate};
    BOOST_OUTCOME_TRY(Order draft, replacement(account, number, edit));
    finish(old, OrderStatus::Canceled, Execution::Canceled, "Order replaced");
    return enter(std::move(draft)).no;
}

std::int64_t Exchange::rate_count(AccountNo no, PairNo pair) const {
    const Account& account = accounts_[no];
    const auto found = account.counters.find(pair);
    return found == account.counters.end() ? 0 : found->second.points(account.tier(), now_);
}

Answer<void> Exchange::check_amendment(const Account& account, const Order& old,
                                       const Order& changed, const Amendment& amendment) const {
    const PairInfo& pair = instruments_.pair(old.terms.pair);
    if (amendment.deadline != kNever && amendment.deadline <= clock())
        return Refusal{refused::kDeadlineElapsed};
    BOOST_OUTCOME_TRYV(check_open(status_, pair, changed.terms));
    if (amendment.limit && !has_limit(old.terms.type)) return Refusal::invalid("limit_price");
    if (amendment.trigger && !has_trigger(old.terms.type)) return Refusal::invalid("trigger_price");
    if (ends_by_amendment(pair, changed)) return success();
    OrderTerms timeless = changed.terms;  // its times were judged when it was accepted
    timeless.force = TimeInForce::Gtc;
    timeless.starts = kNever;
    BOOST_OUTCOME_TRYV(check_terms(pair, timeless, last_price(old.terms.pair), now_));
    const Side other = old.terms.side == Side::Buy ? Side::Sell : Side::Buy;
    const auto best = book(old.terms.pair).best(other);
    const bool post_only = amendment.post_only || old.terms.post_only;
    if (post_only && best && accepts(changed, *best)) return Refusal{refused::kPostOnlyOrder};
    return check_funds(account, changed);
}

Answer<std::string> Exchange::amend(AccountNo no, OrderNo number, const Amendment& amendment) {
    Account& account = accounts_[no];
    Order& order = orders_[number];
    if (order.account != no || !order.is_open()) return Refusal{refused::kUnknownOrder};
    const std::int64_t points = engine_cost(EngineAction::Amend, now_ - order.touched);
    if (!account.counters[order.terms.pair].charge(points, account.tier(), now_))
        return Refusal{refused::kOrderRate};
    Order changed = order;
    if (amendment.quantity) changed.terms.quantity = *amendment.quantity;
    if (amendment.limit) changed.terms.limit = *amendment.limit;
    if (amendment.trigger) changed.terms.trigger = *amendment.trigger;
    if (amendment.display) changed.terms.display = *amendment.display;
    BOOST_OUTCOME_TRYV(check_amendment(account, order, changed, amendment));
    const std::string id = ids_.next('T');
    if (!changed.left().is_positive()) {
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Amended below filled quantity");
        tell_book(order.terms.pair);
        return id;
    }
    changed.amended = true;
    changed.touched = now_;
    remember(order);
    Book& book = markets_[order.terms.pair].book;
    const bool keeps_place = order.rests() && changed.terms.limit == order.terms.limit &&
                             changed.left() <= order.left() &&
                             order.terms.type != OrderType::Iceberg;
    if (keeps_place)
        book.reduce(order.terms.side, order.terms.limit, order.left() - changed.left());
    else if (order.rests())
        book.remove(order.terms.side, order.terms.limit, order.no, order.shown(), order.hidden());
    order = changed;
    hold(order);
    tell(order, Execution::Amended);
    if (!keeps_place && order.status == OrderStatus::Open) work(order);
    settle(order.terms.pair);
    tell_book(order.terms.pair);
    return id;
}

Answer<void> Exchange::cancel(AccountNo no, OrderNo number) {
    Account& account = accounts_[no];
    if (status_ == SystemStatus::Maintenance) return Refusal{refused::kUnavailable};
    if (number >= orders_.size()) return Refusal{refused::kUnknownOrder};
    Order& order = orders_[number];
    if (order.account != no || !order.is_open()) return Refusal{refused::kUnknownOrder};
    const std::int64_t points = engine_cost(EngineAction::Cancel, now_ - order.touched);
    if (!account.counters[order.terms.pair].charge(points, account.tier(), now_))
        return Refusal{refused::kOrderRate};
    finish(order, OrderStatus::Canceled, Execution::Canceled, kByUser);
    tell_book(order.terms.pair);
    return success();
}

void Exchange::cancel_quietly(AccountNo account, std::string_view reason) {
    const std::set<OrderNo> open = accounts_[account].open;
    for (const OrderNo each : open) {
        finish(orders_[each], OrderStatus::Canceled, Execution::Canceled, reason);
        tell_book(orders_[each].terms.pair);
    }
}

Answer<std::size_t> Exchange::cancel_together(AccountNo no, std::span<const OrderNo> orders) {
    Account& account = accounts_[no];
    if (status_ == SystemStatus::Maintenance) return Refusal{refused::kUnavailable};
    auto counters = account.counters;
    std::set<OrderNo> open;
    for (const OrderNo each : orders) {
        if (!account.open.contains(each) || !open.insert(each).second) continue;
        const Order& order = orders_[each];
        const std::int64_t points = engine_cost(EngineAction::Cancel, now_ - order.touched);
        if (!counters[order.terms.pair].charge(points, account.tier(), now_))
            return Refusal{refused::kOrderRate};
    }
    if (open.empty()) return Refusal{refused::kUnknownOrder};
    account.counters = std::move(counters);
    for (const OrderNo each : open) {
        finish(orders_[each], OrderStatus::Canceled, Execution::Canceled, kByUser);
        tell_book(orders_[each].terms.pair);
    }
    return open.size();
}

Answer<std::size_t> Exchange::cancel_all(AccountNo account) {
    if (status_ == SystemStatus::Maintenance) return Refusal{refused::kUnavailable};
    const std::size_t count = accounts_[account].open.size();
    cancel_quietly(account, kByUser);
    return count;
}

Moment Exchange::arm_switch(AccountNo account, Span timeout) {
    Moment& at = accounts_[account].switch_at;
    at = timeout > Span::zero() ? now_ + timeout : kNever;
    return at;
}

std::optional<OrderNo> Exchange::known(AccountNo account, std::string_view txid) const {
    const auto found = by_id_.find(std::string{txid});
    if (found == by_id_.end() || orders_[found->second].account != account) return std::nullopt;
    return found->second;
}

}  // namespace vault::kraken_emulator
