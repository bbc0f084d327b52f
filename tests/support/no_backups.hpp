#pragma once
// NoBackups: a Backups that has none and makes none, for tests that are not about them.
#include "daemon/ports/backups.hpp"

namespace vault::test {

class NoBackups final : public ports::Backups {
  public:
    Later<ports::Backup> create() override { co_return none(); }
    Later<ports::BackupProof> verify(std::string) override { co_return none(); }
    Later<std::vector<ports::Backup>> list() override { co_return std::vector<ports::Backup>{}; }

  private:
    static Error none() {
        return Error{Errc::NotFound, "there is no such backup", "backup", "there are none here"};
    }
};

}  // namespace vault::test
