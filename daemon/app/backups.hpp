#pragma once
// StoreBackups: backups of the SQLite store, in one folder. Copying, sealing and checking run on a
// thread of their own, one at a time, beside everything else; what they need of the secrets is
// taken on the control thread before. A copy in clear exists only while it is made or checked, in
// the folder itself, which is the daemon's alone. Owned by the App; control thread.
#include "common/base/clock.hpp"
#include "daemon/ports/backups.hpp"
#include "daemon/runtime/worker_pool.hpp"
#include "daemon/secrets/box.hpp"

namespace vault::app {

class StoreBackups final : public ports::Backups {
  public:
    struct Options {
        std::string folder;      // made when the first backup is
        std::string store;       // path of the store
        std::string signer_key;  // path of the key of its checkpoints
    };
    // Box and clock outlive it.
    StoreBackups(Options options, const secrets::Box& box, const Clock& clock);

    Later<ports::Backup> create() override;
    Later<ports::BackupProof> verify(std::string name) override;
    Later<std::vector<ports::Backup>> list() override;

  private:
    template <class T>
    Later<T> run(std::function<Result<T>()> work);
    Result<ports::Backup> make(const secrets::KeyRing& root, UtcTime now) const;
    Result<ports::BackupProof> prove(const secrets::KeyRing& root, const std::string& name) const;
    Result<std::vector<ports::Backup>> all() const;

    Options options_;
    const secrets::Box& box_;
    const Clock& clock_;
    runtime::WorkerPool thread_;  // goes first, and waits for what runs
};

}  // namespace vault::app
