// The rules on the repository as it stands.
#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace vault::tidy {
namespace {

namespace fs = std::filesystem;

bool skipped(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == "build" || name == ".git" || name == ".cache";
}

std::vector<Source> read_tree(const fs::path& root) {
    std::vector<Source> sources;
    fs::recursive_directory_iterator at{root};
    for (; at != fs::recursive_directory_iterator{}; ++at) {
        if (skipped(at->path())) {
            at.disable_recursion_pending();
            continue;
        }
        if (!at->is_regular_file() || at->is_symlink()) continue;
        std::ifstream file{at->path(), std::ios::binary};
        std::string text{std::istreambuf_iterator<char>{file}, {}};
        sources.push_back(
            read_source(fs::relative(at->path(), root).generic_string(), std::move(text)));
    }
    return sources;
}

TEST(Tidy, TheTreeKeepsTheRules) {
    const std::vector<Source> sources = read_tree(fs::canonical(VAULT_ROOT));
    ASSERT_GT(sources.size(), 50U);
    std::string broken;
    for (const Fault& fault : check_all(sources))
        broken += fault.path + ":" + std::to_string(fault.line) + ": " + fault.rule + ": " +
                  fault.message + "\n";
    EXPECT_TRUE(broken.empty()) << "\n" << broken;
}

}  // namespace
}  // namespace vault::tidy
