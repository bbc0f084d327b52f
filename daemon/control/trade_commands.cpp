#include "daemon/control/json_fields.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/report/order_story.hpp"

#include <array>

namespace vault::control {

namespace {

Handled show_order(Services& services, const Call& call) {
    const Result<OrderId> id = parse_order_id(call.params.text("order"));
    if (!id)
        co_return Error(Errc::InvalidParams, "an order is named such as v1.quiet.3", "order",
                        "vaultctl order list shows the ids");
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    std::function<Result<report::OrderStory>(ReadSide&)> read = [&](ReadSide& side) {
        return report::order_story(*side.reader, id.value());
    };
    auto reading = read_on<report::OrderStory>(services.worker, read);
    const Result<report::OrderStory> story = co_await std::move(reading);
    if (!story) co_return story.error();
    json::value order = row_to_json(story.value().order);
    order.get_object()["fills"] = rows_to_json(story.value().fills);
    Answer answer;
    answer.data_json = protocol::to_compact(order);
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"order.list", &list_rows<ports::OrderRow, &ports::StoreReader::orders>},
    Route{"order.show", &show_order},
    Route{"trade.list", &list_rows<ports::FillRow, &ports::StoreReader::fills>},
    Route{"sweep.list", &list_rows<ports::SweepRow, &ports::StoreReader::sweeps>},
};

}  // namespace

std::span<const Route> trade_routes() {
    return kRoutes;
}

}  // namespace vault::control
