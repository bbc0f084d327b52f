#include "daemon/report/order_story.hpp"

#include "daemon/report/pages.hpp"

#include <fmt/format.h>

namespace vault::report {

Result<OrderStory> order_story(ports::StoreReader& reader, const OrderId& id) {
    VAULT_TRY(const auto order, reader.order(id));
    if (!order)
        return Error(Errc::NotFound, fmt::format("there is no order {}", to_text(id)), "order",
                     "vaultctl order list shows the orders");
    OrderStory story{*order, {}};
    ports::RowFilter filter;
    filter.vault = id.vault;
    filter.sleeve = id.sleeve;
    filter.from = order->decided_at;
    if (order->ended_at) filter.to = *order->ended_at + Duration{1};
    VAULT_TRYV(for_each_row<ports::FillRow>(reader, &ports::StoreReader::fills, filter,
                                            [&](const ports::FillRow& row) -> Result<void> {
                                                if (row.fill.order == id)
                                                    story.fills.push_back(row);
                                                return success();
                                            }));
    std::ranges::stable_sort(story.fills, {},
                             [](const ports::FillRow& row) { return row.fill.time; });
    return story;
}

}  // namespace vault::report
