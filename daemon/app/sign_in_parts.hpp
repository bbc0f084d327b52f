#pragma once
// SignInParts: what sign-in is built of: the master keys that are at hand, the box of secrets and
// the identity service. It follows the engine's directory. Owned by the App; control thread, but
// for create(), which runs before any thread does.
#include "daemon/config/config.hpp"
#include "daemon/identity/service.hpp"
#include "daemon/secrets/box.hpp"

namespace vault::app {

// Where the configuration says that master keys lie; who is asked for a passphrase sits at the
// terminal of this process.
secrets::KeyPlaces key_places(const config::Security& from);

class SignInParts {
  public:
    // Reads the keys: the process has to be hardened before. Errors: of key files, StoreInvalid (a
    // store that these keys do not open), of the list of passwords.
    static Result<std::unique_ptr<SignInParts>> create(const config::Security& from,
                                                       const ports::WholeDirectory& whole,
                                                       const Clock& clock);
    identity::Service& service() { return *service_; }
    secrets::Box& secrets() { return *box_; }

    // Errors: the secrets do not open any more; sign-in follows all the same.
    Result<void> load(const ports::WholeDirectory& whole);
    // Errors: Io (the file of the next master key is not in its place yet).
    Result<void> adopt(const ports::DirectoryPage& page);
    void configure(const config::Security& from);

  private:
    identity::SystemEntropy entropy_;
    identity::Argon2Hasher hasher_{identity::HashCost{}, entropy_};
    std::unique_ptr<secrets::Box> box_;
    std::unique_ptr<identity::Service> service_;
};

}  // namespace vault::app
