#pragma once
// Box: the secrets that the daemon keeps for its users, behind ports::SecretBox. It holds the key
// ring and every secret as it is stored, sealed, and follows the directory: rows count once they
// are durable. The first secret of all makes the master key's row, a user's first one his data key.
// Owned by the App; control thread only.
#include "daemon/ports/secret_box.hpp"
#include "daemon/secrets/key_ring.hpp"

#include <functional>
#include <map>
#include <memory>
#include <tuple>

namespace vault::secrets {

class Box final : public ports::SecretBox {
  public:
    // Finds the master keys that are at hand, anew each time the rows are loaded.
    using FindKeys = std::function<Result<std::vector<MasterKey>>()>;

    // Errors: of KeyRing::load and of `find_keys`.
    static Result<std::unique_ptr<Box>> create(std::string deployment, FindKeys find_keys,
                                               const ports::SecretRows& rows);
    // The store was loaded anew. Errors: as create(); the box then stays as it was.
    Result<void> load(const ports::SecretRows& rows);
    void adopt(const ports::SecretChanges& changes);

    Result<ports::SecretChanges> prepare(UserId user) override;
    void drop() override;
    Result<FieldRow> seal(const FieldId& id, const Secret& plain) const override;
    Result<Secret> open(const FieldId& id) const override;

  private:
    // By all of a field's id.
    using Key = std::tuple<UserId, AccountId, ApiKeyId, std::string>;

    Box(std::string deployment, FindKeys find_keys, KeyRing ring);
    static Key key_of(const FieldId& id);

    std::string deployment_;
    FindKeys find_keys_;
    KeyRing ring_;
    std::map<Key, FieldRow> fields_;
    bool proposed_ = false;
};

}  // namespace vault::secrets
