#include "daemon/exchange/kraken/history.hpp"

#include "daemon/exchange/kraken/json.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <map>

namespace vault::exchange::kraken {
namespace {

namespace asio = boost::asio;
using ports::AccountHistory;
using ports::PastOrder;
using ports::PastTrade;

constexpr Duration kMargin = std::chrono::minutes{10};
constexpr Duration kCallWithin = std::chrono::seconds{30};
constexpr std::size_t kTextMost = 80;                     // bytes of an id or a word
constexpr std::size_t kQuickPages = 3;                    // of 50 rows
constexpr Duration kPageEvery = std::chrono::seconds{7};  // takes more off the counter than it adds
constexpr std::int64_t kLastSecond = 253'402'300'799;     // of the year 9999
constexpr std::int64_t kCountMax = 1'000'000'000;

// Rows by their ids, each as its text.
using Rows = std::map<std::string, std::string>;

// Seconds since 1970 with a fraction, of which milliseconds are kept.
Result<UtcTime> time_of(std::string_view value) {
    VAULT_TRY(const Decimal seconds, decimal_of(value));
    if (seconds.is_negative() || seconds > Decimal::from_int(kLastSecond))
        return odd_answer("a time is none");
    const auto milliseconds = seconds.raw() / (Decimal::kOne / 1'000);
    return UtcTime{Duration{static_cast<Duration::rep>(milliseconds)}};
}

Result<Decimal> amount_in(const std::vector<Member>& members, std::string_view name) {
    VAULT_TRY(const std::string_view value, member_of(members, name));
    VAULT_TRY(const Decimal amount, decimal_of(value));
    if (amount.is_negative()) return odd_answer(fmt::format("{} is below 0", name));
    return amount;
}

Result<std::string> text_in(const std::vector<Member>& members, std::string_view name) {
    VAULT_TRY(const std::string_view value, member_of(members, name));
    VAULT_TRY(std::string text, string_of(value));
    if (text.size() > kTextMost) return odd_answer(fmt::format("{} is too long", name));
    return text;
}

Result<std::string> optional_text_in(const std::vector<Member>& members, std::string_view name) {
    const Member* const found = find_member(members, name);
    if (found == nullptr || is_null(found->value)) return std::string{};
    return text_in(members, name);
}

Result<Side> side_in(const std::vector<Member>& members) {
    VAULT_TRY(const std::string word, text_in(members, "type"));
    const auto side = parse_side(word);
    if (!side) return odd_answer("an order or trade neither buys nor sells");
    return side.value();
}

// The calls of one reading, which share its time.
class Reading {
  public:
    Reading(Rest& rest, const Clock& clock, const Secret& key, const Secret& secret, Duration limit)
        : rest_(rest), clock_(clock), key_(key), secret_(secret), until_(clock.steady() + limit) {}

    // Under `list` in the result, where there are pages and where there are none.
    asio::awaitable<Result<Rows>> all(std::string method, std::string list, Fields fields) {
        auto asking = ask(std::move(method), std::move(fields));
        VAULT_CO_TRY(const std::string result, co_await std::move(asking));
        Rows rows;
        VAULT_CO_TRYV(take(result, list, rows));
        co_return rows;
    }

    // Newest first: what comes while it is read moves the rest on, so a page may bring rows again.
    // As many as there were at first have to come. After some pages there is a wait for each: the
    // key's counter is there for other calls as well.
    asio::awaitable<Result<Rows>> pages(std::string method, std::string list, Fields fields) {
        Rows rows;
        std::optional<std::size_t> wanted;
        std::size_t offset = 0;
        for (std::size_t page = 1;; ++page) {
            if (page > kQuickPages) {
                auto waiting = wait();
                co_await std::move(waiting);
            }
            Fields asked = fields;
            asked.emplace_back("ofs", std::to_string(offset));
            auto asking = ask(method, std::move(asked));
            VAULT_CO_TRY(const std::string result, co_await std::move(asking));
            VAULT_CO_TRY(const std::size_t came, take(result, list, rows));
            VAULT_CO_TRY(const std::size_t count, count_in(result));
            if (count > AccountHistory::kRowsMax) co_return too_many(count);
            if (!wanted) wanted = count;
            offset += came;
            if (offset < count && came > 0) continue;
            if (rows.size() >= *wanted) co_return rows;
            co_return odd_answer(
                fmt::format("{} has {} rows and tells {}", list, *wanted, rows.size()));
        }
    }

    static Error too_many(std::size_t count) {
        return Error{Errc::AmountTooLarge,
                     fmt::format("{} orders or trades are more than can be read ({})", count,
                                 AccountHistory::kRowsMax),
                     "history"};
    }

  private:
    static asio::awaitable<void> wait() {
        asio::steady_timer timer{co_await asio::this_coro::executor, kPageEvery};
        co_await timer.async_wait(asio::use_awaitable);
    }

    asio::awaitable<Result<std::string>> ask(std::string method, Fields fields) {
        const auto left = std::chrono::duration_cast<Duration>(until_ - clock_.steady());
        if (left <= Duration::zero())
            co_return Error{Errc::Expired, "Kraken did not tell all of it in time"};
        auto asking = rest_.call_private(std::move(method), std::move(fields), key_, secret_,
                                         std::min(left, kCallWithin));
        CallResult got = co_await std::move(asking);
        if (!got) co_return got.error().error();
        co_return std::move(got.value().result);
    }

    static Result<std::size_t> take(std::string_view result, std::string_view list, Rows& rows) {
        VAULT_TRY(const auto members, members_of(result));
        VAULT_TRY(const std::string_view told, member_of(members, list));
        VAULT_TRY(const auto each, members_of(told));
        for (const Member& row : each) {
            if (row.name.size() > kTextMost) return odd_answer("an id is too long");
            rows.insert_or_assign(row.name, std::string{row.value});
        }
        return each.size();
    }

    static Result<std::size_t> count_in(std::string_view result) {
        VAULT_TRY(const auto members, members_of(result));
        VAULT_TRY(const std::string_view count, member_of(members, "count"));
        VAULT_TRY(const std::int64_t number, integer_of(count, 0, kCountMax));
        return static_cast<std::size_t>(number);
    }

    Rest& rest_;
    const Clock& clock_;
    const Secret& key_;
    const Secret& secret_;
    SteadyTime until_;
};

// Kraken's start is not in it.
std::string start_of(UtcTime since) {
    const auto from = std::chrono::floor<std::chrono::seconds>(since - kMargin);
    const auto seconds = from.time_since_epoch().count() - 1;
    return std::to_string(std::max<std::int64_t>(seconds, 0));
}

}  // namespace

Result<PastOrder> read_past_order(std::string id, std::string_view row) {
    VAULT_TRY(const auto members, members_of(row));
    VAULT_TRY(const std::string_view description, member_of(members, "descr"));
    VAULT_TRY(const auto described, members_of(description));
    PastOrder order;
    order.id = std::move(id);
    VAULT_TRY(order.client_id, optional_text_in(members, "cl_ord_id"));
    VAULT_TRY(order.pair, text_in(described, "pair"));
    VAULT_TRY(order.side, side_in(described));
    VAULT_TRY(order.kind, text_in(described, "ordertype"));
    VAULT_TRY(order.state, text_in(members, "status"));
    VAULT_TRY(order.quantity, amount_in(members, "vol"));
    VAULT_TRY(order.filled, amount_in(members, "vol_exec"));
    VAULT_TRY(const std::string_view opened, member_of(members, "opentm"));
    VAULT_TRY(order.opened, time_of(opened));
    if (const Member* const ended = find_member(members, "closetm");
        ended != nullptr && !is_null(ended->value)) {
        VAULT_TRY(order.ended, time_of(ended->value));
    }
    return order;
}

Result<PastTrade> read_past_trade(std::string id, std::string_view row) {
    VAULT_TRY(const auto members, members_of(row));
    PastTrade trade;
    trade.id = std::move(id);
    VAULT_TRY(trade.order, text_in(members, "ordertxid"));
    VAULT_TRY(trade.pair, text_in(members, "pair"));
    VAULT_TRY(trade.side, side_in(members));
    VAULT_TRY(trade.quantity, amount_in(members, "vol"));
    VAULT_TRY(trade.price, amount_in(members, "price"));
    VAULT_TRY(trade.cost, amount_in(members, "cost"));
    VAULT_TRY(const std::string_view fee, member_of(members, "fee"));
    VAULT_TRY(trade.fee, decimal_of(fee));  // a rebate is below 0
    VAULT_TRY(const std::string_view at, member_of(members, "time"));
    VAULT_TRY(trade.at, time_of(at));
    return trade;
}

asio::awaitable<Result<AccountHistory>> KrakenHistory::read(std::string exchange, const Secret& key,
                                                            const Secret& secret, UtcTime since,
                                                            Duration limit) {
    if (exchange != "kraken")
        co_return Error{Errc::InvalidParams, "only accounts of Kraken are read there", "exchange",
                        "this exchange is not connected"};
    Reading reading{rest_, clock_, key, secret, limit};
    AccountHistory history;
    history.since = since;
    history.until = clock_.now();
    auto opening = reading.all("OpenOrders", "open", {});
    VAULT_CO_TRY(Rows orders, co_await std::move(opening));
    const std::string start = start_of(since);
    auto ending =
        reading.pages("ClosedOrders", "closed", {{"start", start}, {"closetime", "close"}});
    VAULT_CO_TRY(const Rows ended, co_await std::move(ending));
    auto trading = reading.pages("TradesHistory", "trades",
                                 {{"start", start}, {"consolidate_taker", "false"}});
    VAULT_CO_TRY(const Rows trades, co_await std::move(trading));
    for (const auto& [id, row] : ended)
        orders.insert_or_assign(id, row);
    if (orders.size() + trades.size() > AccountHistory::kRowsMax)
        co_return Reading::too_many(orders.size() + trades.size());
    for (const auto& [id, row] : orders) {
        VAULT_CO_TRY(PastOrder order, read_past_order(id, row));
        history.orders.push_back(std::move(order));
    }
    for (const auto& [id, row] : trades) {
        VAULT_CO_TRY(PastTrade trade, read_past_trade(id, row));
        history.trades.push_back(std::move(trade));
    }
    co_return history;
}

}  // namespace vault::exchange::kraken
