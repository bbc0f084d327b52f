// How orders trade, and what a trade does to money.
#include "common/base/check.hpp"
#include "tests/emulator/kraken/exchange/exchange.hpp"
#include "tests/emulator/kraken/exchange/fees.hpp"
#include "tests/emulator/kraken/exchange/order_rules.hpp"
#include "tests/emulator/kraken/exchange/street.hpp"

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

constexpr Side opposite(Side side) {
    return side == Side::Buy ? Side::Sell : Side::Buy;
}

// A market order, or a triggered one without a limit: it takes what is there and ends.
bool takes_any_price(const OrderTerms& terms) {
    return !has_limit(terms.type);
}

// Base units for `cost`, at most kAmountMax.
Decimal affordable_at(Decimal price, Decimal cost) {
    const auto quantity = div(cost, price, Rounding::Down);
    return quantity ? min(quantity.value(), kAmountMax) : kAmountMax;
}

bool is_due(const Order& order, Decimal last) {
    const bool falls = (order.terms.side == Side::Sell) == is_stop_loss(order.terms.type);
    return falls ? last <= order.terms.trigger : last >= order.terms.trigger;
}

}  // namespace

bool Exchange::matches(PairNo pair) const {
    const PairStatus listed = instruments_.pair(pair).status;
    return status_ == SystemStatus::Online &&
           (listed == PairStatus::Online || listed == PairStatus::LimitOnly);
}

bool Exchange::accepts(const Order& taker, Decimal price) const {
    if (takes_any_price(taker.terms)) return true;
    return taker.terms.side == Side::Buy ? price <= taker.terms.limit : price >= taker.terms.limit;
}

// What a level has for the taker. One of its own orders there ends it, or goes away itself, so that
// what is behind it counts, and it does not.
Exchange::Offer Exchange::offer_to(const Order& taker, Own own, const Book::Level& level) const {
    if (own == Own::Counted) return {level.offered()};
    Decimal ahead, gone;
    for (const OrderNo each : level.queue) {
        const Order& maker = orders_[each];
        if (maker.account != taker.account)
            ahead += maker.shown();
        else if (taker.terms.self_trade == SelfTrade::CancelOldest)
            gone += maker.left();
        else
            return {ahead, true};
    }
    return {level.offered() - gone};
}

// How much of the other side it would take now: `wanted` in base units, for no more than
// `most_cost` in quote units.
Exchange::Fillable Exchange::fillable(const Order& taker, Own own, Decimal wanted,
                                      Decimal most_cost) const {
    const OrderTerms& terms = taker.terms;
    const PairInfo& pair = instruments_.pair(terms.pair);
    Fillable out;
    book(terms.pair).visit(opposite(terms.side), [&](Decimal price, const Book::Level& level) {
        if (!accepts(taker, price)) return false;
        const Offer offer = offer_to(taker, own, level);
        Decimal quantity = min(offer.quantity, wanted - out.quantity);
        const Decimal affordable = affordable_at(price, most_cost - out.cost);
        const bool spent = affordable <= quantity;
        if (spent) quantity = round_step(affordable, pair.lot(), Rounding::Floor);
        out.quantity += quantity;
        out.cost += mul(price, quantity, Rounding::Up).value();
        return !spent && !offer.ends && out.quantity != wanted;
    });
    return out;
}

// Base units that a viqc order is for. Where self trade prevention would end it, it is for more
// than it gets; where its own orders go, what is behind them costs more.
Decimal Exchange::bought_for(AccountNo account, const OrderTerms& terms) const {
    Order taker;
    taker.account = account;
    taker.terms = terms;
    const bool own_go = terms.self_trade == SelfTrade::CancelOldest;
    return fillable(taker, own_go ? Own::Prevented : Own::Counted, kAmountMax, terms.quantity)
        .quantity;
}

void Exchange::remember(const Order& order) {
    if (settings_.read_lag == Span::zero()) return;
    old_[order.no].push_back({now_, order});
}

void Exchange::tell(const Order& order, Execution execution) {
    events_.emplace_back(OrderEvent{execution, now_, order, std::nullopt});
}

void Exchange::tell_book(PairNo pair) {
    std::vector<LevelChange> changes = markets_[pair].book.take_changes();
    if (!changes.empty()) events_.emplace_back(BookEvent{pair, std::move(changes)});
}

void Exchange::hold(Order& order) {
    const PairInfo& pair = instruments_.pair(order.terms.pair);
    const Decimal needed = hold_of(pair, order);
    accounts_[order.account].hold(order.terms.side == Side::Buy ? pair.quote : pair.base,
                                  needed - order.held);
    order.held = needed;
}

std::string Exchange::post(Account& account, Asset asset, Decimal amount, Decimal fee,
                           std::string_view type, std::string_view subtype,
                           const std::string& refid) {
    LedgerRow row;
    row.id = ids_.next('L');
    row.refid = refid;
    row.time = now_;
    row.type = type;
    row.subtype = subtype;
    row.asset = asset;
    row.amount = amount;
    row.fee = fee;
    events_.emplace_back(LedgerEvent{account.no(), account.post(std::move(row))});
    return account.ledger().back().id;
}

std::uint64_t Exchange::print(PairNo pair, Side taker, bool market, Decimal price,
                              Decimal quantity) {
    const PublicTrade& printed = markets_[pair].tape.add({.pair = pair,
                                                          .time = now_,
                                                          .side = taker,
                                                          .market = market,
                                                          .price = price,
                                                          .quantity = quantity});
    events_.emplace_back(TradeEvent{printed});
    return printed.id;
}

// Accepted: it is told twice, first whole, then that it works, at once or when its time has come.
void Exchange::start(Order& order) {
    hold(order);
    tell(order, Execution::PendingNew);
    if (order.terms.starts > now_)
        scheduled_.insert(order.no);
    else
        open(order);
}

void Exchange::open(Order& order) {
    const PairNo pair = order.terms.pair;
    order.status = OrderStatus::Open;
    tell(order, Execution::New);
    if (would_take(order))
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Post only order");
    else
        work(order);
    settle(pair);
    tell_book(pair);
}

// A scheduled order's time has come. Its money may have gone meanwhile, if it holds none.
void Exchange::begin(Order& order) {
    scheduled_.erase(order.no);
    remember(order);
    if (check_funds(accounts_[order.account], order))
        open(order);
    else
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Insufficient funds");
}

// Trades what it can, then rests, waits or ends.
void Exchange::work(Order& order) {
    if (has_trigger(order.terms.type) && !order.triggered) {
        markets_[order.terms.pair].waiting.insert(order.no);
        return;
    }
    const bool whole_only = order.terms.force == TimeInForce::Fok;
    const auto there = [&] { return fillable(order, Own::Prevented, order.left(), kAmountMax); };
    if (whole_only && there().quantity < order.left()) {
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Fill or kill");
        return;
    }
    execute(order);
    if (!order.is_open()) return;
    if (takes_any_price(order.terms)) {
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Insufficient liquidity");
    } else if (order.terms.force == TimeInForce::Ioc || whole_only) {
        finish(order, OrderStatus::Canceled, Execution::Canceled, "Immediate or cancel");
    } else {
        rest(order);
    }
}

void Exchange::rest(Order& order) {
    order.slice = min(order.terms.display, order.left());
    markets_[order.terms.pair].book.rest(order.terms.side, order.terms.limit, order.no,
                                         order.shown(), order.hidden());
}

// What an iceberg showed is gone: the next slice queues up behind the others.
void Exchange::refill(Order& order) {
    order.slice = min(order.terms.display, order.left());
    markets_[order.terms.pair].book.refill(order.terms.side, order.terms.limit, order.no,
                                           order.slice);
    tell(order, Execution::IcebergRefill);
}

void Exchange::execute(Order& taker) {
    const PairNo pair = taker.terms.pair;
    const Side side = opposite(taker.terms.side);
    Book& book = markets_[pair].book;
    while (taker.is_open() && matches(pair)) {
        const auto price = book.best(side);
        if (!price || !accepts(taker, *price)) return;
        const Book::Level& level = book.at(side, *price);
        Order* maker = level.queue.empty() ? nullptr : &orders_[level.queue.front()];
        if (maker != nullptr && maker->account == taker.account) {
            resolve_self_trade(taker, *maker);
            continue;
        }
        const Decimal quantity = min(taker.left(), maker ? maker->shown() : level.street);
        const bool any_price = takes_any_price(taker.terms);
        const std::uint64_t id = print(pair, taker.terms.side, any_price, *price, quantity);
        if (maker != nullptr)
            fill(*maker, *price, quantity, true, id);
        else
            book.take_from_street(side, *price, quantity);
        fill(taker, *price, quantity, false, id);
    }
}

void Exchange::resolve_self_trade(Order& taker, Order& maker) {
    constexpr std::string_view kReason = "Self trade prevention";
    const SelfTrade how = taker.terms.self_trade;
    if (how != SelfTrade::CancelNewest)
        finish(maker, OrderStatus::Canceled, Execution::Canceled, kReason);
    if (how != SelfTrade::CancelOldest)
        finish(taker, OrderStatus::Canceled, Execution::Canceled, kReason);
}

// One fill of one order: its trade, both ledger rows, what it still holds, and its end.
void Exchange::fill(Order& order, Decimal price, Decimal quantity, bool maker,
                    std::uint64_t public_id) {
    Account& account = accounts_[order.account];
    const PairInfo& pair = instruments_.pair(order.terms.pair);
    const bool buys = order.terms.side == Side::Buy;
    const bool fee_in_base = order.terms.fee_in_base;
    const Decimal percent = maker ? order.maker_percent : order.taker_percent;
    remember(order);
    Trade trade;
    trade.id = ids_.next('T');
    trade.order_id = order.id;
    trade.order = order.no;
    trade.pair = order.terms.pair;
    trade.time = now_;
    trade.side = order.terms.side;
    trade.type = order.terms.type;
    trade.price = price;
    trade.quantity = quantity;
    trade.cost = cost_of(pair, price, quantity, Rounding::Down);
    trade.fee = fee_in_base ? fee_on(quantity, percent, pair.base_decimals)
                            : fee_on(trade.cost, percent, pair.quote_decimals);
    trade.fee_asset = fee_in_base ? pair.base : pair.quote;
    trade.maker = maker;
    trade.public_id = public_id;
    if (maker) markets_[order.terms.pair].book.reduce(order.terms.side, price, quantity);
    if (maker) order.slice -= min(order.slice, quantity);
    order.executed += quantity;
    order.cost += trade.cost;
    order.turnover += mul(price, quantity, Rounding::Down).value();
    order.fee += trade.fee;
    order.trades.push_back(trade.id);
    hold(order);
    const auto row = [&](Asset asset, Decimal amount) {
        const Decimal fee = asset == trade.fee_asset ? trade.fee : kZero;
        trade.ledger_ids.push_back(post(account, asset, amount, fee, "trade", "", trade.id));
    };
    row(pair.quote, buys ? -trade.cost : trade.cost);
    row(pair.base, buys ? quantity : -quantity);
    account.add_volume(usd_of(pair.quote, trade.cost), now_);
    account.trades.push_back(trade);
    if (order.terms.close) closings_.push_back({order.no, quantity});
    events_.emplace_back(OrderEvent{Execution::Trade, now_, order, std::move(trade)});
    if (order.left().is_zero())
        finish(order, OrderStatus::Closed, Execution::Filled, "");
    else if (maker && order.shown().is_zero())
        refill(order);
}

void Exchange::finish(Order& order, OrderStatus status, Execution execution,
                      std::string_view reason) {
    VAULT_CHECK(order.is_open(), "an order ends once");
    Account& account = accounts_[order.account];
    Market& market = markets_[order.terms.pair];
    remember(order);
    // A taker is not in the book yet.
    if (order.rests()) {
        const auto& levels = market.book.levels(order.terms.side);
        const auto level = levels.find(order.terms.limit);
        const bool queued = level != levels.end() &&
                            std::find(level->second.queue.begin(), level->second.queue.end(),
                                      order.no) != level->second.queue.end();
        if (queued)
            market.book.remove(order.terms.side, order.terms.limit, order.no, order.shown(),
                               order.hidden());
    }
    market.waiting.erase(order.no);
    scheduled_.erase(order.no);
    expiries_.erase({order.terms.expires, order.no});
    order.status = status;
    order.closed = now_;
    order.reason = reason;
    hold(order);
    account.open.erase(order.no);
    --account.open_of[order.terms.pair];
    account.ended.push_back(order.no);
    if (!order.terms.cl_ord_id.empty()) account.open_ids.erase(order.terms.cl_ord_id);
    tell(order, execution);
}

// Client orders of one side at `price`, the best first, with others as takers.
void Exchange::fill_resting(PairNo pair, Side maker, Decimal price, Decimal quantity, bool market) {
    Book& book = markets_[pair].book;
    while (quantity.is_positive()) {
        const auto level = book.levels(maker).find(price);
        if (level == book.levels(maker).end() || level->second.queue.empty()) return;
        Order& order = orders_[level->second.queue.front()];
        const Decimal part = min(order.shown(), quantity);
        const std::uint64_t id = print(pair, opposite(maker), market, price, part);
        fill(order, price, part, true, id);
        quantity -= part;
    }
}

void Exchange::trade(PairNo pair, Side taker, Decimal price, Decimal quantity, bool market) {
    if (!matches(pair)) return;
    for (const Side maker : {Side::Buy, Side::Sell}) {
        std::vector<Decimal> passed;
        for (const auto& [at, level] : markets_[pair].book.levels(maker))
            if (!level.queue.empty() && (maker == Side::Buy ? at > price : at < price))
                passed.push_back(at);
        if (maker == Side::Buy) std::reverse(passed.begin(), passed.end());
        for (const Decimal at : passed)
            fill_resting(pair, maker, at, kAmountMax, market);
    }
    const Side maker = opposite(taker);
    const auto& levels = markets_[pair].book.levels(maker);
    const auto level = levels.find(price);
    const Decimal clients =
        level == levels.end() ? kZero : level->second.queued + level->second.hidden;
    fill_resting(pair, maker, price, quantity, market);
    const Decimal rest = quantity - min(quantity, clients);
    if (rest.is_positive()) print(pair, taker, market, price, rest);
    set_street(pair);
    settle(pair);
    tell_book(pair);
}

// What trades bring about beside fills.
void Exchange::settle(PairNo pair) {
    settle_triggers(pair);
    settle_closes();
}

// A closing order that the engine would refuse is not made. Each may trade at once, and so bring
// about more; the next one is taken off the list before.
void Exchange::settle_closes() {
    while (!closings_.empty()) {
        const Closing next = closings_.front();
        closings_.pop_front();
        const Order& primary = orders_[next.order];
        OrderTerms terms;
        terms.pair = primary.terms.pair;
        terms.side = opposite(primary.terms.side);
        terms.type = primary.terms.close->type;
        terms.quantity = next.quantity;
        terms.limit = primary.terms.close->limit;
        terms.trigger = primary.terms.close->trigger;
        terms.userref = primary.terms.userref;
        const Account& account = accounts_[primary.account];
        const auto taken = accepted(account, terms, nullptr);
        if (!taken) continue;
        Order draft = drafted(account, taken.value());
        draft.refid = primary.id;
        if (check_funds(account, draft)) enter(std::move(draft));
    }
}

// Triggers in the order of acceptance, until no trade of one sets off another.
void Exchange::settle_triggers(PairNo pair) {
    Market& market = markets_[pair];
    while (matches(pair)) {
        const Decimal last = last_price(pair);
        const auto due = std::find_if(market.waiting.begin(), market.waiting.end(),
                                      [&](OrderNo each) { return is_due(orders_[each], last); });
        if (due == market.waiting.end()) return;
        Order& order = orders_[*due];
        market.waiting.erase(due);
        remember(order);
        order.triggered = true;
        hold(order);
        tell(order, Execution::Triggered);
        if (check_funds(accounts_[order.account], order))
            work(order);
        else
            finish(order, OrderStatus::Canceled, Execution::Canceled, "Insufficient funds");
    }
}

Decimal Exchange::usd_of(Asset asset, Decimal amount) const {
    const AssetInfo* plain = instruments_.find_plain(asset.text());
    const Asset priced = plain == nullptr ? asset : plain->id;
    for (PairNo no = 0; no < markets_.size(); ++no) {
        const PairInfo& pair = instruments_.pair(no);
        if (pair.base != priced || pair.quote.text() != "ZUSD") continue;
        const auto usd = mul(amount, last_price(no), Rounding::Down);
        return usd ? usd.value() : kAmountMax;
    }
    return amount;
}

void Exchange::set_street(PairNo pair) {
    Street street = street_around(instruments_.pair(pair), last_price(pair),
                                  settings_.street_levels, settings_.seed + pair);
    markets_[pair].book.set_street(Side::Buy, street.bids);
    markets_[pair].book.set_street(Side::Sell, street.asks);
    tell_book(pair);
}

}  // namespace vault::kraken_emulator
