// The audit trail: its rows, the proof that nobody has changed them, and its signed end.
#include "daemon/control/directory.hpp"
#include "daemon/control/row_list.hpp"
#include "daemon/report/audit_walk.hpp"

#include <array>

namespace vault::control {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kForeignHead =
    "audit trail: the kept head does not bear this daemon's signature: it was changed, belongs to "
    "another installation, or the signing key was replaced";
constexpr const char* kForeignHint =
    "give a head that this daemon signed, as audit head wrote it: audit verify --head FILE";

json::object head_to_json(const ports::ChainHead& head) {
    return {{"seq", head.seq}, {"hash", to_hex(head.hash)}};
}

Result<json::array> rows_to_json(ports::StoreReader& reader,
                                 const std::vector<ports::AuditRow>& rows) {
    NameReader known(reader);
    json::array list;
    for (const ports::AuditRow& row : rows) {
        if (row.user.value != 0) {
            VAULT_TRYV(known.learn(row.user));
        }
        list.push_back(row_to_json(row, known.names()));
    }
    return list;
}

Handled list_audit(Services& services, const Call& call) {
    ports::AuditFilter filter;
    auto asking = maybe_user(services, call);
    const Result<std::optional<UserId>> user = co_await std::move(asking);
    if (!user) co_return user.error();
    filter.visible = call.context.visible;
    filter.user = user.value();
    filter.actor = call.params.text("actor");
    filter.action = call.params.text("action");
    filter.object = call.params.text("object");
    filter.outcome = call.params.text("outcome");
    filter.from = call.params.time("since");
    filter.to = call.params.time("until");
    if (const auto limit = call.params.integer("limit"))
        filter.limit = static_cast<std::uint32_t>(*limit);
    std::function<Result<json::array>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::array> {
        VAULT_TRY(const auto rows, side.reader->audits(filter));
        return rows_to_json(*side.reader, rows);
    };
    auto answering = answer_read<json::array>(services, call, read);
    co_return co_await std::move(answering);
}

// What the caller kept.
Result<std::optional<ports::KeptHead>> kept_head(const Call& call) {
    const json::value* const given = call.params.json("head");
    if (given == nullptr) return std::optional<ports::KeptHead>{};
    auto kept = given->is_string() ? ports::find_kept_head(given->get_string()) : std::nullopt;
    if (!kept)
        return Error(Errc::InvalidParams, "head: there is no head of an audit trail in it", "head",
                     "give the file that was written by: vaultctl audit head --quiet > FILE");
    return kept;
}

json::value kept_to_json(const std::optional<ports::KeptHead>& kept) {
    if (!kept) return nullptr;
    json::object object = head_to_json(kept->trail);
    object["journals"] = kept->journals.size();
    return object;
}

Handled verify(Services& services, const Call& call) {
    const auto given = kept_head(call);
    if (!given) co_return given.error();
    const std::optional<ports::KeptHead>& kept = given.value();
    const bool genuine =
        !kept || services.signer.verify(ports::kept_head_bytes(*kept), kept->signature);
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    report::AuditWalk walk(genuine ? kept : std::nullopt);
    auto reading = read_pages(services, call, walk);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    const report::AuditProof& proof = walk.result();
    json::object data{{"ok", proof.ok() && genuine}, {"rows", proof.rows}};
    data["head"] = head_to_json(proof.head);
    data["kept"] = kept_to_json(kept);
    data["problem"] = genuine ? proof.problem : std::string(kForeignHead);
    Answer answer = answer_with(data);
    if (!genuine) answer.warnings.emplace_back(kForeignHint);
    if (!proof.ok()) answer.warnings.emplace_back(kChangedOutside);
    co_return answer;
}

Handled show_head(Services& services, const Call& call) {
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    std::optional<std::vector<VaultId>> among;
    if (!call.context.visible.everyones) among = services.directory.vaults(call.context.visible);
    report::HeadsWalk walk(std::move(among));
    auto reading = read_pages(services, call, walk);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    ports::KeptHead kept = walk.heads();
    kept.signature = services.signer.sign(ports::kept_head_bytes(kept));
    json::object data = head_to_json(kept.trail);
    data["at"] = walk.newest() ? to_json(walk.newest()->at) : json::value(nullptr);
    data["journals"] = kept.journals.size();
    data["signature"] = to_hex(kept.signature);
    data["head"] = to_text(kept);
    co_return answer_with(data);
}

constexpr std::array kRoutes{
    Route{"audit.list", &list_audit},
    Route{"audit.verify", &verify},
    Route{"audit.head", &show_head},
};

}  // namespace

std::span<const Route> audit_routes() {
    return kRoutes;
}

}  // namespace vault::control
