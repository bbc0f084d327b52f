// Every file of the corpus, and seeded mutations of each, through the entries without libFuzzer, so
// that a build without Clang keeps what fuzzing has found. An entry that fails aborts; the file's
// name, or the seed, is on the line before.
#include "common/base/random.hpp"
#include "tests/fuzz/entries.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <vector>

namespace vault::fuzz {

void PrintTo(const Entry& entry, std::ostream* out) {
    *out << entry.name;
}

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(std::string_view entry) {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(fs::path(VAULT_FUZZ_CORPUS) / entry))
        files.push_back(file.path());
    std::ranges::sort(files);
    return files;
}

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A few bytes changed, dropped, doubled, or taken from another file.
std::string mutated(std::string text, const std::string& other, Random& random) {
    for (std::uint64_t changes = 1 + random.below(6); changes > 0; --changes) {
        if (text.empty()) text = other;
        if (text.empty()) return text;
        const std::size_t at = random.below(text.size());
        const std::size_t length = 1 + random.below(std::min<std::size_t>(24, text.size() - at));
        switch (random.below(5)) {
            case 0: text[at] = static_cast<char>(random.below(256)); break;
            case 1: text.erase(at, length); break;
            case 2: text.insert(at, text.substr(at, length)); break;
            case 3: text[at] = static_cast<char>(text[at] ^ (1 << random.below(8))); break;
            case 4:
                if (!other.empty()) text.insert(at, other.substr(random.below(other.size()), 40));
                break;
        }
    }
    return text;
}

class Corpus : public testing::TestWithParam<Entry> {};

TEST_P(Corpus, EveryFilePasses) {
    const auto files = files_of(GetParam().name);
    ASSERT_GE(files.size(), 3U);
    for (const fs::path& file : files) {
        std::fprintf(stderr, "%s\n", file.c_str());
        GetParam().run(read(file));
    }
}

std::uint64_t variable(const char* name, std::uint64_t otherwise) {
    const char* const given = std::getenv(name);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

TEST_P(Corpus, SeededMutationsPass) {
    const std::uint64_t seed = variable("VAULT_PROPERTY_SEED", 1);
    const std::uint64_t rounds = variable("VAULT_FUZZ_ROUNDS", 2'000);
    std::fprintf(stderr, "VAULT_PROPERTY_SEED=%llu\n", static_cast<unsigned long long>(seed));
    std::vector<std::string> texts;
    for (const fs::path& file : files_of(GetParam().name))
        texts.push_back(read(file));
    Random random(seed);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::string& one = texts[random.below(texts.size())];
        const std::string& other = texts[random.below(texts.size())];
        GetParam().run(mutated(one, other, random));
    }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(entries().begin(), entries().end()),
                         [](const auto& entry) { return std::string(entry.param.name); });

}  // namespace
}  // namespace vault::fuzz
