// The event log as a list, and subscriptions.
#include "common/protocol/codec.hpp"
#include "daemon/control/json_fields.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/control/subscriptions.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace asio = boost::asio;

namespace {

constexpr std::int64_t kCredit = 256;
constexpr Duration kInterval{1'000};
constexpr Duration kLeastInterval{250};

// Topics whose document a method makes.
struct StateTopic {
    std::string_view topic, method;
};
constexpr std::array kStateTopics{StateTopic{"prices", "market.prices"}, StateTopic{"top", "top"}};

Error does_not_fit(std::string_view topic, std::string_view field) {
    return Error(Errc::InvalidParams, fmt::format("{} has no {}", topic, field), std::string(field),
                 topic == "events"
                     ? "events are narrowed by account, vault, sleeve, user and severity"
                     : "a document is narrowed by params, as its method's");
}

Result<void> fits_topic(const protocol::Params& params) {
    const std::string topic = params.text("topic");
    constexpr std::array<std::string_view, 2> kOfStates{"params", "interval"};
    constexpr std::array<std::string_view, 6> kOfEvents{"from_seq", "account", "vault",
                                                        "sleeve",   "user",    "severity"};
    using Names = std::span<const std::string_view>;
    for (const std::string_view field : topic == "events" ? Names(kOfStates) : Names(kOfEvents))
        if (params.has(field)) return does_not_fit(topic, field);
    return success();
}

asio::awaitable<Result<ports::RowFilter>> event_filter(Services& services, const Call& call) {
    Result<ports::RowFilter> filter = row_filter(call);
    if (!filter) co_return filter.error();
    if (filter.value().sleeve && !filter.value().vault)
        co_return Error(Errc::InvalidParams, "a sleeve is one of a vault", "sleeve",
                        "name the vault too");
    filter.value().severity = call.params.text("severity");
    const auto account = maybe_account(call.params);
    if (!account) co_return account.error();
    filter.value().account = account.value();
    auto checking = filters_exist(services, call);
    const Result<void> there = co_await std::move(checking);
    if (!there) co_return there.error();
    auto asking = maybe_user(services, call);
    const Result<std::optional<UserId>> user = co_await std::move(asking);
    if (!user) co_return user.error();
    filter.value().user = user.value();
    co_return filter;
}

// Events are in the order of their numbers, which no time tells: accounts have clocks of their own.
Result<Listed> read_events(ports::StoreReader& reader, ports::RowFilter filter) {
    const std::uint32_t limit = filter.limit++;
    VAULT_TRY(auto rows, reader.events(filter));
    Listed list;
    if (keep_newest(rows, limit))
        list.notes.push_back(
            cut_note(limit,
                     "a higher --limit (at most 10000) shows more, and vaultctl events "
                     "--follow --from-seq 1 all"));
    VAULT_TRY(list.rows, read_json(reader, rows));
    return list;
}

Handled list_events(Services& services, const Call& call) {
    auto filtering = event_filter(services, call);
    const Result<ports::RowFilter> filter = co_await std::move(filtering);
    if (!filter) co_return filter.error();
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    std::function<Result<Listed>(ReadSide&)> read = [&](ReadSide& side) {
        return read_events(*side.reader, filter.value());
    };
    auto reading = read_on<Listed>(services.worker, read);
    const Result<Listed> list = co_await std::move(reading);
    if (!list) co_return list.error();
    Answer answer = answer_with(list.value().rows);
    answer.warnings = list.value().notes;
    co_return answer;
}

using Opening = asio::awaitable<Result<Subscriptions::Opened>>;

std::uint32_t credit_of(const Call& call) {
    return static_cast<std::uint32_t>(call.params.integer("credit").value_or(kCredit));
}

Opening open_events(Services& services, const Call& call) {
    auto filtering = event_filter(services, call);
    Result<ports::RowFilter> filter = co_await std::move(filtering);
    if (!filter) co_return filter.error();
    std::optional<std::uint64_t> from;
    if (const auto seq = call.params.integer("from_seq")) from = static_cast<std::uint64_t>(*seq);
    Follower follower{call.method, call.params.object(), call.caller};
    auto opening =
        call.subscriptions->open_events(credit_of(call), from, filter.value(), std::move(follower));
    co_return co_await std::move(opening);
}

Result<StateFeed::Source> source_of(const Call& call, std::string_view topic) {
    const auto row = std::ranges::find(kStateTopics, topic, &StateTopic::topic);
    VAULT_CHECK(row != kStateTopics.end(), "the registry let a bad topic through");
    const protocol::Method* const method = protocol::find_method(row->method);
    const Handler handler = method == nullptr ? nullptr : find_handler(row->method);
    if (handler == nullptr)
        return Error(Errc::NotFound, fmt::format("this daemon has no topic '{}'", topic), "topic",
                     "it has events and prices");
    boost::json::object params;
    if (const boost::json::value* given = call.params.json("params")) {
        if (!given->is_object())
            return Error(Errc::InvalidParams, "params is an object of named parameters", "params",
                         fmt::format("vaultctl api describe shows those of {}", row->method));
        params = given->get_object();
    }
    VAULT_TRYV(protocol::validate_params(*method, params));
    const Duration interval = call.params.duration("interval").value_or(kInterval);
    if (interval < kLeastInterval)
        return Error(Errc::InvalidParams, "the interval is at least 250ms", "interval",
                     "ask less often");
    return StateFeed::Source{*method, handler, std::move(params), interval};
}

Opening open_state(const Call& call, std::string topic) {
    Result<StateFeed::Source> source = source_of(call, topic);
    if (!source) co_return source.error();
    auto opening = call.subscriptions->open_state(std::move(topic), credit_of(call),
                                                  std::move(source.value()), call.caller);
    co_return co_await std::move(opening);
}

Handled open_sub(Services& services, const Call& call) {
    const Result<void> fits = fits_topic(call.params);
    if (!fits) co_return fits.error();
    const std::string topic = call.params.text("topic");
    auto opening = topic == "events" ? open_events(services, call) : open_state(call, topic);
    const Result<Subscriptions::Opened> opened = co_await std::move(opening);
    if (!opened) co_return opened.error();
    json::object data{{"sub", opened.value().sub},
                      {"topic", topic},
                      {"last_seq", opened.value().last_seq},
                      {"first_seq", opened.value().first_seq},
                      {"from_seq", opened.value().from_seq},
                      {"credit", credit_of(call)},
                      {"instance_id", services.info.instance_id}};
    Answer answer;
    answer.data_json = protocol::to_compact(data);
    co_return answer;
}

Result<Feed*> feed_of(const Call& call) {
    const std::int64_t sub = *call.params.integer("sub");
    Feed* const feed = call.subscriptions->find(sub);
    if (feed == nullptr)
        return Error(Errc::NotFound, fmt::format("this connection has no subscription {}", sub),
                     "sub", "sub.open answers with the number");
    return feed;
}

Handled grant(Services&, const Call& call) {
    const Result<Feed*> feed = feed_of(call);
    if (!feed) co_return feed.error();
    feed.value()->add_credit(static_cast<std::uint32_t>(*call.params.integer("n")));
    Answer answer;
    answer.data_json = protocol::to_compact(
        json::object{{"sub", *call.params.integer("sub")}, {"credit", feed.value()->credit()}});
    co_return answer;
}

Handled close_sub(Services&, const Call& call) {
    const Result<Feed*> feed = feed_of(call);
    if (!feed) co_return feed.error();
    Answer answer;
    answer.data_json = protocol::to_compact(
        json::object{{"sub", *call.params.integer("sub")}, {"seq", feed.value()->seq()}});
    feed.value()->close();
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"events", &list_events},
    Route{"sub.open", &open_sub},
    Route{"sub.credit", &grant},
    Route{"sub.close", &close_sub},
};

}  // namespace

std::span<const Route> event_routes() {
    return kRoutes;
}

}  // namespace vault::control
