// The audit trail: its rows, the proof that nobody has changed them, and its signed end.
#include "daemon/control/row_list.hpp"
#include "daemon/report/audit_walk.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace vault::control {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kHeadMark = "vault-audit-head";
constexpr std::string_view kForeignHead =
    "audit trail: the kept head does not bear this daemon's signature: it was changed, belongs to "
    "another installation, or the signing key was replaced";
constexpr std::string_view kBlanks = " \t\r\n";

struct KeptHead {
    ports::ChainHead head;
    Digest signature{};
};

// Words apart by blanks, so that a table may fold it.
std::string head_text(const KeptHead& kept) {
    return fmt::format("{} {} {} {}", kHeadMark, kept.head.seq, to_hex(kept.head.hash),
                       to_hex(kept.signature));
}

// The hex digits and digits that come next, behind blanks.
std::string_view next_word(std::string_view& text) {
    const auto begin = text.find_first_not_of(kBlanks);
    text.remove_prefix(std::min(begin, text.size()));
    const auto end = std::min(text.find_first_not_of("0123456789abcdef"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

// The head in what `audit head` printed, in whatever format: the words behind the mark.
std::optional<KeptHead> find_head(std::string_view text) {
    const auto mark = text.find(kHeadMark);
    if (mark == std::string_view::npos) return std::nullopt;
    text.remove_prefix(mark + kHeadMark.size());
    KeptHead kept;
    const std::string_view seq = next_word(text);
    const auto [end, fault] = std::from_chars(seq.data(), seq.data() + seq.size(), kept.head.seq);
    const bool whole = fault == std::errc() && end == seq.data() + seq.size() &&
                       from_hex(next_word(text), kept.head.hash) &&
                       from_hex(next_word(text), kept.signature);
    if (!whole) return std::nullopt;
    return kept;
}

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
Result<std::optional<KeptHead>> kept_head(const Call& call) {
    const json::value* const given = call.params.json("head");
    if (given == nullptr) return std::optional<KeptHead>{};
    std::optional<KeptHead> kept =
        given->is_string() ? find_head(given->get_string()) : std::nullopt;
    if (!kept)
        return Error(Errc::InvalidParams, "head: there is no head of an audit trail in it", "head",
                     "give the file that was written by: vaultctl audit head --quiet > FILE");
    return kept;
}

Handled verify(Services& services, const Call& call) {
    const auto given = kept_head(call);
    if (!given) co_return given.error();
    const std::optional<KeptHead>& kept = given.value();
    const bool genuine =
        !kept || services.signer.verify(ports::audit_head_bytes(kept->head), kept->signature);
    auto settling = settle(services, call);
    const Result<void> settled = co_await std::move(settling);
    if (!settled) co_return settled.error();
    report::AuditWalk walk(kept && genuine ? std::optional(kept->head) : std::nullopt);
    auto reading = read_pages(services, call, walk);
    const Result<void> read = co_await std::move(reading);
    if (!read) co_return read.error();
    const report::AuditProof& proof = walk.result();
    json::object data{{"ok", proof.ok() && genuine}, {"rows", proof.rows}};
    data["head"] = head_to_json(proof.head);
    data["kept"] = kept ? json::value(head_to_json(kept->head)) : json::value(nullptr);
    data["problem"] = genuine ? proof.problem : std::string(kForeignHead);
    co_return answer_with(data);
}

Handled show_head(Services& services, const Call& call) {
    std::function<Result<json::object>(ReadSide&)> read =
        [&](ReadSide& side) -> Result<json::object> {
        VAULT_TRY(const auto newest, side.reader->audits({.limit = 1}));
        KeptHead kept;
        if (!newest.empty()) kept.head = {newest.front().seq, newest.front().hash};
        kept.signature = services.signer.sign(ports::audit_head_bytes(kept.head));
        json::object data{{"seq", kept.head.seq}, {"hash", to_hex(kept.head.hash)}};
        data["at"] = newest.empty() ? json::value(nullptr) : to_json(newest.front().at);
        data["signature"] = to_hex(kept.signature);
        data["head"] = head_text(kept);
        return data;
    };
    auto answering = answer_read<json::object>(services, call, read);
    co_return co_await std::move(answering);
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
