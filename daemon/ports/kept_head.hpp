#pragma once
// KeptHead: the ends of the audit trail and of every journal at one moment, signed, as the text
// that is kept where whoever writes the store cannot write. Beside it a trail or a journal that was
// cut, written anew or put back shows. Plain values and pure functions; any thread.
#include "daemon/ports/audit.hpp"

#include <optional>

namespace vault::ports {

// The last entry of a vault's journal.
struct JournalHead {
    VaultId vault;
    std::uint64_t seq = 0;
    Digest hash{};
    friend bool operator==(const JournalHead&, const JournalHead&) = default;
};

struct KeptHead {
    ChainHead trail;
    std::vector<JournalHead> journals;
    Digest signature{};  // of kept_head_bytes()
};

// What a signer signs of it.
std::string kept_head_bytes(const KeptHead& kept);

// Words apart by blanks, so that a table may fold it.
std::string to_text(const KeptHead& kept);

// The head in what `audit head` printed, in whatever format; none if there is none. Its signature
// is not looked at.
std::optional<KeptHead> find_kept_head(std::string_view text);

}  // namespace vault::ports
