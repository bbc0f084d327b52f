#include "daemon/store/sqlite/audit_seal.hpp"

#include "daemon/store/sqlite/codec.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vault::store {
namespace {

constexpr const char* kKey = "audit_head";
constexpr std::size_t kHashText = 64;  // hex

struct Seal {
    ports::ChainHead head;
    Digest signature{};
};

Error invalid(std::uint64_t seq, std::string_view what) {
    return Error{
        Errc::StoreInvalid, fmt::format("audit trail, row {}: {}", seq, what), "store",
        "the trail was changed outside vaultd: keep this file, restore the newest verified "
        "backup, and compare it with the heads that were kept elsewhere"};
}

// "<seq> <hash> <signature>"
std::optional<Seal> parse(std::string_view text) {
    Seal seal;
    const auto [end, fault] =
        std::from_chars(text.data(), text.data() + text.size(), seal.head.seq);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const bool whole = fault == std::errc() && text.size() == 2 * (kHashText + 1) &&
                       text[0] == ' ' && text[kHashText + 1] == ' ' &&
                       from_hex(text.substr(1, kHashText), seal.head.hash) &&
                       from_hex(text.substr(kHashText + 2), seal.signature);
    if (!whole) return std::nullopt;
    return seal;
}

Result<std::optional<Seal>> read(Connection& connection) {
    VAULT_TRY(auto statement,
              Statement::prepare(connection, "SELECT value FROM meta WHERE key = ?"));
    statement.bind(1, std::string_view(kKey));
    VAULT_TRY(const bool found, statement.step());
    if (!found) return std::optional<Seal>{};
    auto seal = parse(statement.text(0));
    if (!seal) return invalid(0, "the seal of its end is no seal");
    return seal;
}

Result<std::optional<ports::AuditRow>> newest_row(Connection& connection) {
    VAULT_TRY(
        auto statement,
        Statement::prepare(connection, fmt::format("SELECT {} FROM audit ORDER BY seq DESC LIMIT 1",
                                                   column_list<ports::AuditRow>())));
    VAULT_TRY(const bool found, statement.step());
    if (!found) return std::optional<ports::AuditRow>{};
    VAULT_TRY(auto row, decode<ports::AuditRow>(statement));
    return std::optional(std::move(row));
}

}  // namespace

Result<AuditSeal> AuditSeal::create(Connection& connection, const ports::Signer& signer) {
    AuditSeal seal(connection, signer);
    VAULT_TRY(seal.write_, Statement::prepare(connection,
                                              "INSERT INTO meta(key, value) VALUES(?,?) ON "
                                              "CONFLICT(key) DO UPDATE SET value=excluded.value"));
    return seal;
}

Result<void> AuditSeal::write(const ports::ChainHead& head) {
    const Digest signature = signer_->sign(ports::audit_head_bytes(head));
    const std::string text =
        fmt::format("{} {} {}", head.seq, to_hex(head.hash), to_hex(signature));
    write_->bind(1, std::string_view(kKey));
    write_->bind_copy(2, text);
    return write_->run();
}

Result<ports::ChainHead> AuditSeal::proven_head() {
    VAULT_TRY(const auto seal, read(*connection_));
    VAULT_TRY(const auto row, newest_row(*connection_));
    const ports::ChainHead stored =
        row ? ports::ChainHead{row->seq, row->hash} : ports::ChainHead{};
    if (row && row->hash != ports::audit_hash(*row))
        return invalid(row->seq, "its hash is not that of its text");
    if (!seal) return stored;
    const ports::ChainHead& sealed = seal->head;
    if (!signer_->verify(ports::audit_head_bytes(sealed), seal->signature))
        return Error{
            Errc::StoreInvalid,
            fmt::format("audit trail, row {}: the signature of its seal is wrong", sealed.seq),
            "store",
            "if the signing key was changed, check the trail beside a head that was kept "
            "elsewhere, delete the row audit_head from table meta and start again; else "
            "restore the newest verified backup"};
    if (stored.seq < sealed.seq) return invalid(stored.seq + 1, "it is missing, the trail was cut");
    if (stored != sealed) return invalid(stored.seq, "it is not the row that was sealed");
    return stored;
}

Result<std::optional<ports::ChainHead>> sealed_head(Connection& connection) {
    VAULT_TRY(const auto seal, read(connection));
    if (!seal) return std::optional<ports::ChainHead>{};
    return std::optional(seal->head);
}

}  // namespace vault::store
