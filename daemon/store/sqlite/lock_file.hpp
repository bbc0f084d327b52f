#pragma once
// The lock that keeps a second vaultd away from a store: flock() on "<path>.lock", held for the
// life of the object and released by the kernel if the process dies. One thread.
#include "common/base/result.hpp"

#include <string>

namespace vault::store {

class LockFile {
  public:
    // Errors: StoreInvalid (held by another process; names its pid), StoreFailed.
    static Result<LockFile> acquire(const std::string& path);
    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&& other) noexcept;
    LockFile(const LockFile&) = delete;
    LockFile& operator=(const LockFile&) = delete;
    ~LockFile();

  private:
    explicit LockFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

}  // namespace vault::store
