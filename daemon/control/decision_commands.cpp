#include "daemon/control/row_list.hpp"

#include <array>

namespace vault::control {

namespace cmd = ports::cmd;

namespace {

Handled why(Services& services, const Call& call) {
    const Result<VaultId> vault = vault_of(call.params);
    if (!vault) co_return vault.error();
    const SleeveKind sleeve = sleeve_of(call.params);
    cmd::ShowSleeve question{vault.value(), sleeve};
    auto pending = ask(services, call, question, &render_nothing);
    const Result<Answer> there = co_await std::move(pending);
    if (!there) co_return there.error();
    std::function<Result<report::DecisionWhy>(ReadSide&)> read = [&](ReadSide& side) {
        return report::decision_why(*side.reader, vault.value(), sleeve);
    };
    auto reading = read_on<report::DecisionWhy>(services.worker, read);
    const Result<report::DecisionWhy> found = co_await std::move(reading);
    if (!found) co_return found.error();
    Answer answer;
    answer.data_json = protocol::to_compact(report_to_json(found.value()));
    co_return answer;
}

constexpr std::array kRoutes{
    Route{"decision.why", &why},
    Route{"decision.list", &list_rows<ports::DecisionRow, &ports::StoreReader::decisions>},
};

}  // namespace

std::span<const Route> decision_routes() {
    return kRoutes;
}

}  // namespace vault::control
