#include "tests/emulator/kraken/bench/load.hpp"

#include "tests/bench/measure.hpp"
#include "tests/emulator/kraken/bench/flat_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sys/epoll.h>

namespace vault::emulator_load {
namespace {

using bench::now;
using bench::seconds_since;

constexpr auto kCancelAfter = std::chrono::seconds{1};
// What has not come after so long a silence is missing.
constexpr double kPatience = 20;  // s
constexpr int kStep = 1;          // ms

std::uint64_t number_of(std::string_view text) {
    std::uint64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

}  // namespace

void Load::run() {
    control("time", R"({"scale":"1"})");
    begun_ = now();
    cpu_begun_ = emulator_.cpu_seconds();
    SteadyTime heard = begun_;
    while (!sent_all() && seconds_since(heard) < kPatience) {
        send_due();
        flush();
        if (pump()) heard = now();
    }
    settle();
    for (const std::string& each : acknowledged_)
        count_.unseen += told_.knows(each) ? 0 : 1;
}

bool Load::sent_all() const {
    return count_.orders == shape_.orders && cancels_.empty() &&
           count_.acknowledged + count_.refused == count_.orders + count_.cancels;
}

// What is due by now goes out, however late this comes.
void Load::send_due() {
    const double passed = seconds_since(begun_);
    const auto due = std::min(shape_.orders, static_cast<std::size_t>(passed * shape_.per_second));
    while (count_.orders < due) {
        const double at = static_cast<double>(count_.orders) / shape_.per_second;
        send_order(begun_ + SteadyTime{static_cast<std::int64_t>(at * 1e9)});
    }
    while (!cancels_.empty() && cancels_.front().at <= now()) {
        send_cancel(cancels_.front());
        cancels_.pop_front();
    }
}

void Load::send_order(SteadyTime due) {
    const PlannedOrder order = plan_.next();
    asked_.push_back({.trader = order.trader,
                      .due = due,
                      .cancel_later = order.cancel,
                      .over_rest = order.over_rest});
    ++count_.orders;
    Trader& trader = traders_[order.trader];
    if (order.over_rest)
        call(order.trader, {asked_.size(), "AddOrder", rest_order(plan_, order)});
    else
        trader.socket->send(socket_order(plan_, order, trader.token, asked_.size()));
}

void Load::send_cancel(const Cancel& cancel) {
    asked_.push_back({.trader = cancel.trader, .due = now(), .order = false});
    ++count_.cancels;
    Trader& trader = traders_[cancel.trader];
    if (cancel.over_rest)
        call(cancel.trader, {asked_.size(), "CancelOrder", "&txid=" + cancel.order});
    else
        trader.socket->send(
            fmt::format(R"({{"method":"cancel_order","params":{{"order_id":["{}"],"token":"{}"}},)"
                        R"("req_id":{}}})",
                        cancel.order, trader.token, asked_.size()));
}

// A trader's calls share a connection, so that its nonces arrive in order.
void Load::call(std::size_t trader, RestLine::Call call) {
    RestLine& rest = rest_[trader % rest_.size()];
    rest.calls.push_back(std::move(call));
    if (rest.calls.size() == 1) start_call(rest);
}

void Load::start_call(RestLine& rest) {
    const RestLine::Call& call = rest.calls.front();
    post_signed(traders_[asked_[call.number - 1].trader], *rest.line, call.method, call.form);
}

void Load::flush() {
    for (Trader& trader : traders_)
        trader.socket->flush();
    for (RestLine& rest : rest_)
        rest.line->flush();
}

// True: something came.
bool Load::pump() {
    std::array<epoll_event, 256> ready{};
    const int count = ::epoll_wait(watch_, ready.data(), static_cast<int>(ready.size()), kStep);
    for (int i = 0; i < count; ++i)
        take(ready[static_cast<std::size_t>(i)].data.u64);
    return count > 0;
}

void Load::take(std::size_t number) {
    if (number >= traders_.size() && number < traders_.size() + rest_.size()) {
        take_rest(rest_[number - traders_.size()]);
        return;
    }
    const bool is_public = number == traders_.size() + rest_.size();
    WebSocket& socket = is_public ? *public_ : *traders_[number].socket;
    socket.read_some();
    while (const auto text = socket.next()) {
        ++count_.received;
        const auto message = FlatMessage::parse(*text);
        if (!message) give_up(fmt::format("no JSON: {}", *text));
        if (is_public)
            take_public(*message);
        else
            take_message(number, *message);
    }
}

void Load::take_rest(RestLine& rest) {
    rest.line->read_some();
    const auto reply = rest.line->next();
    if (!reply) return;
    ++count_.received;
    const auto message = FlatMessage::parse(*reply);
    if (!message || rest.calls.empty()) give_up(fmt::format("a reply to nothing: {}", *reply));
    const std::uint64_t number = rest.calls.front().number;
    rest.calls.pop_front();
    answer(number, message->text("result.txid"), message->text("error"));
    if (!rest.calls.empty()) start_call(rest);
}

void Load::take_public(const FlatMessage& message) {
    if (message.text("method") == "pong") public_settled_ = true;
    if (message.text("channel") != "trade") return;
    for (const Fields& row : message.rows) {
        add_trade(told_, row);
        plan_.set_last(row.text("symbol"), amount_of(row.text("price")));
    }
}

void Load::take_message(std::size_t number, const FlatMessage& message) {
    Trader& trader = traders_[number];
    const std::string_view method = message.text("method");
    if (method == "pong") trader.settled = true;
    if (method == "add_order" || method == "cancel_order") {
        const std::string_view error =
            message.text("success") == "true" ? "" : message.text("error");
        answer(number_of(message.text("req_id")), message.text("result.order_id"), error);
    }
    if (method == "subscribe" && message.text("success") != "true") give_up("no subscription");
    if (!message.text("sequence").empty()) take_rows(trader, message);
}

void Load::take_rows(Trader& trader, const FlatMessage& message) {
    const bool executions = message.text("channel") == "executions";
    std::uint64_t& last = trader.sequences[executions ? 0 : 1];
    const std::uint64_t sequence = number_of(message.text("sequence"));
    count_.gaps += sequence == last + 1 ? 0 : 1;
    last = sequence;
    if (message.text("type") == "snapshot") return;
    for (const Fields& row : message.rows) {
        if (executions)
            add_execution(told_, trader.name, row);
        else
            add_balance(told_, trader.name, row);
    }
}

void Load::answer(std::uint64_t number, std::string_view order, std::string_view error) {
    if (number == 0 || number > asked_.size() || asked_[number - 1].answered) {
        ++count_.unasked;
        return;
    }
    Asked& asked = asked_[number - 1];
    asked.answered = true;
    if (asked.order) {
        count_.ack_seconds.push_back(seconds_since(asked.due));
        if (++orders_answered_ == shape_.orders) end_of_orders();
    }
    if (!error.empty()) {
        ++count_.refused;
        if (count_.first_refusal.empty()) count_.first_refusal = error;
        return;
    }
    ++count_.acknowledged;
    if (!asked.order) return;
    acknowledged_.push_back(fmt::format("{} {}", traders_[asked.trader].name, order));
    if (asked.cancel_later)
        cancels_.push_back(
            {now() + kCancelAfter, asked.trader, std::string{order}, asked.over_rest});
}

void Load::end_of_orders() {
    count_.seconds = seconds_since(begun_);
    count_.emulator_cpu = emulator_.cpu_seconds() - cpu_begun_;
}

bool Load::all_settled() const {
    return public_settled_ && std::all_of(traders_.begin(), traders_.end(),
                                          [](const Trader& each) { return each.settled; });
}

// Time stands, so nothing happens any more; what comes before the answer to a ping is all there is.
void Load::settle() {
    control("time", R"({"scale":"0"})");
    public_settled_ = false;
    public_->send(R"({"method":"ping"})");
    for (Trader& trader : traders_) {
        trader.settled = false;
        trader.socket->send(R"({"method":"ping"})");
    }
    SteadyTime heard = now();
    while (!all_settled() && seconds_since(heard) < kPatience) {
        flush();
        public_->flush();
        if (pump()) heard = now();
    }
}

}  // namespace vault::emulator_load
