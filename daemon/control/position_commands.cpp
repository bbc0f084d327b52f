#include "common/protocol/codec.hpp"
#include "daemon/control/arguments.hpp"
#include "daemon/control/json_fields.hpp"

#include <fmt/format.h>

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Result<ports::Command> resolve(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    cmd::ResolvePosition command;
    command.vault = vault;
    command.sleeve = sleeve_of(params);
    command.pair = params.pair("pair");
    const bool sold = params.is_word("as", "sold");
    command.as = sold                                ? cmd::ResolvePosition::As::Sold
                 : params.is_word("as", "withdrawn") ? cmd::ResolvePosition::As::Withdrawn
                                                     : cmd::ResolvePosition::As::Kept;
    const auto price = params.decimal("price");
    if (price && !sold)
        return Error(Errc::InvalidParams, "a price goes with --as sold only", "price",
                     "leave the price out");
    if (price) command.price = Price{*price};
    return command;
}

Result<ports::Command> write_down(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::WriteDown{vault, sleeve_of(params), params.pair("pair")};
}

Result<ports::Command> adopt(const protocol::Params& params) {
    VAULT_TRY(const VaultId vault, vault_of(params));
    return cmd::AdoptPosition{vault,
                              sleeve_of(params),
                              params.pair("pair"),
                              Quantity{*params.decimal("qty")},
                              *params.decimal("cost"),
                              params.flag("confirm")};
}

// position.list and position.show: the engine narrows by vault, the rest is done here.
Handled list_positions(Services& services, const Call& call) {
    const auto vault = maybe_vault(call.params);
    if (!vault) co_return vault.error();
    cmd::ListPositions command{vault.value()};
    auto pending = execute(services, call, command, &render_view);
    Result<Answer> answer = co_await std::move(pending);
    if (!answer) co_return answer;
    std::string& data = answer.value().data_json;
    auto positions = protocol::parse_json(data, data.size());
    VAULT_CHECK(positions && positions.value().is_array(), "the position list is no list");
    json::array& list = positions.value().get_array();
    if (call.params.has("sleeve")) keep_where(list, "sleeve", call.params.text("sleeve"));
    if (const auto pair = call.params.pair("pair")) keep_where(list, "pair", pair->text());
    data = protocol::to_compact(list);
    if (list.empty() && vault.value())
        answer.value().warnings.push_back(
            fmt::format("{}{} holds no coins", to_text(*vault.value()),
                        call.params.has("sleeve") ? " " + call.params.text("sleeve") : ""));
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"position.list", &list_positions},     Route{"position.show", &list_positions},
    Route{"position.resolve", &submit<resolve>}, Route{"position.write_down", &submit<write_down>},
    Route{"position.adopt", &submit<adopt>},
};

}  // namespace

std::span<const Route> position_routes() {
    return kRoutes;
}

}  // namespace vault::control
