#pragma once
// Where the customer's shared test data lies: $VAULT_SHARED, else ../shared beside the sources. A
// test that needs a file that is not there is skipped, saying so. Tests only.
#include <cstdlib>
#include <filesystem>

namespace vault::testing {

inline std::filesystem::path shared_file(const std::filesystem::path& relative) {
    const char* const root = std::getenv("VAULT_SHARED");
    const std::filesystem::path base =
        root != nullptr ? std::filesystem::path{root}
                        : std::filesystem::path{VAULT_SOURCE_DIR}.parent_path() / "shared";
    return base / relative;
}

// A fresh directory under the system's temporary one, removed with the guard.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "vault-test-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace vault::testing
