#pragma once
// FileSigner: HMAC-SHA-256 under a key of 32 bytes in the state directory. The key is made on the
// first start, with mode 0600, and synced before it is used; a start that finds a key that others
// can read, that somebody else owns or that is no 32 bytes long refuses. main() owns the signer and
// hands it to the store. The key protects against a changed store, not against root.
#include "common/base/result.hpp"
#include "common/base/secret.hpp"
#include "daemon/ports/signer.hpp"

#include <string>

namespace vault::secrets {

class FileSigner final : public ports::Signer {
  public:
    // `path` is the key file. Errors: Io (cannot read, make or sync it), StoreInvalid (wrong owner,
    // mode, type or size), each with what to do.
    static Result<FileSigner> open(const std::string& path);

    Digest sign(std::string_view bytes) const override;
    bool verify(std::string_view bytes, const Digest& signature) const override;

  private:
    explicit FileSigner(Secret key) : key_(std::move(key)) {}
    Secret key_;
};

}  // namespace vault::secrets
