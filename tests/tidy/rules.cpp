#include "tests/tidy/rules.hpp"

#include "tests/tidy/arrows.hpp"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

namespace vault::tidy {
namespace {

constexpr std::size_t kHeaderLines = 250;
constexpr std::size_t kSourceLines = 600;
constexpr std::size_t kColumns = 100;

std::size_t columns_of(const std::string& line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;  // UTF-8: bytes that start one
    }));
}

std::string file_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

struct Word {
    const char* rule;
    std::regex pattern;
    std::function<bool(const Source&)> where;
    const char* message;
};

bool money_room(const Source& source) {
    static const std::set<std::string> rooms{"ledger", "risk", "engine", "exchange/sim"};
    return rooms.contains(room_of(source.path));
}

bool product_but(const Source& source, std::string_view exception) {
    return is_product(source) && !std::string_view{source.path}.starts_with(exception);
}

const std::vector<Word>& banned_words() {
    static const std::vector<Word> words{
        {"double", std::regex{R"(\b(double|float|to_double)\b)"}, money_room,
         "floating point where money is decided"},
        {"clock",
         std::regex{
             R"(\b(system|steady|utc|high_resolution)_clock\s*::\s*now\b|\bclock_gettime\b)"
             R"(|\bgettimeofday\b|\b(localtime|gmtime)(_r)?\b|\btime\s*\(\s*(nullptr|NULL)\s*\))"},
         [](const Source& s) { return product_but(s, "common/base/clock.cpp"); },
         "time is read through vault::Clock only"},
        {"random", std::regex{R"(\brandom_device\b|\bs?rand\s*\(|\bmt19937(_64)?\b)"},
         [](const Source& s) { return product_but(s, "cli/"); },
         "randomness comes through constructors (vault::Random)"},
        {"detached", std::regex{R"(\bdetached\b|\.detach\s*\(\s*\))"},
         [](const Source& s) { return product_but(s, "daemon/runtime/task_group"); },
         "background work lives in a TaskGroup"},
        {"using", std::regex{R"(\busing\s+namespace\b)"}, is_code, "using namespace"},
        {"default", std::regex{R"(\bdefault\s*:)"}, is_product, "a switch has no default"},
        {"exec",
         std::regex{
             R"(\b(execv[pe]*|execl[pe]?|popen|posix_spawnp?|fork)\s*\(|\bstd::system\s*\()"},
         [](const Source& s) {
             return std::string_view{s.path}.starts_with("daemon/") &&
                    product_but(s, "daemon/runner/");
         },
         "vaultd never starts a program"},
        {"secret-key",
         std::regex{R"(\bcrypto_(aead|auth|box|kdf|onetimeauth|scalarmult|secretbox|secretstream)"
                    R"(|sign|stream)\w*)"},
         [](const Source& s) { return product_but(s, "daemon/secrets/"); },
         "only the room secrets seals, opens and signs"},
    };
    return words;
}

void find_all(const Source& source, const std::string& text, const std::regex& pattern,
              const char* rule, const char* message, std::vector<Fault>& faults) {
    for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
        faults.push_back({source.path, line_at(source, static_cast<std::size_t>(at->position())),
                          rule, std::string{message} + ": " + at->str()});
}

void check_header(const Source& source, std::vector<Fault>& faults) {
    if (source.lines.empty() || source.lines[0] != "#pragma once")
        faults.push_back({source.path, 1, "header", "the first line is #pragma once"});
    if (source.lines.size() < 2 || !source.lines[1].starts_with("//"))
        faults.push_back({source.path, 2, "header",
                          "after #pragma once comes the paragraph that "
                          "says what it is"});
}

// A source that has a header of its own name includes it before all else.
void check_own_header(const Source& source, std::vector<Fault>& faults,
                      const std::set<std::string>& headers) {
    if (is_header(source) || !is_code(source)) return;
    const std::string own = source.path.substr(0, source.path.size() - 4) + ".hpp";
    if (!headers.contains(own)) return;
    if (source.includes.empty() || source.includes.front().target != own)
        faults.push_back({source.path, 1, "include", "the first include is \"" + own + "\""});
}

}  // namespace

void check_sizes(const Source& source, std::vector<Fault>& faults) {
    if (!is_code(source)) return;
    const std::size_t most = is_header(source) ? kHeaderLines : kSourceLines;
    if (source.lines.size() > most)
        faults.push_back(
            {source.path, static_cast<int>(most), "size",
             std::to_string(source.lines.size()) + " lines, at most " + std::to_string(most)});
    for (std::size_t i = 0; i < source.lines.size(); ++i)
        if (columns_of(source.lines[i]) > kColumns)
            faults.push_back(
                {source.path, static_cast<int>(i) + 1, "columns",
                 std::to_string(columns_of(source.lines[i])) + " columns, at most 100"});
}

void check_shape(const Source& source, std::vector<Fault>& faults) {
    const std::string name = file_name(source.path);
    static const std::regex vague{R"((util|helper|misc|common_stuff))", std::regex::icase};
    if (is_code(source) && std::regex_search(name, vague))
        faults.push_back({source.path, 1, "name", "a name that says nothing"});
    if (is_header(source)) check_header(source, faults);
}

void check_words(const Source& source, std::vector<Fault>& faults) {
    if (!is_code(source)) return;
    for (const Word& word : banned_words())
        if (word.where(source))
            find_all(source, source.code, word.pattern, word.rule, word.message, faults);
    static const std::regex later{R"(\b(TODO|FIXME|XXX)\b)"};
    find_all(source, source.comments, later, "later", "an open end", faults);
}

// What belongs to one machine or to its tools has no place in the repository. The words are put
// together here so that this file does not hold them.
void check_machine(const Source& source, std::vector<Fault>& faults) {
    static const std::vector<std::string> words{
        std::string{"/wo"} + "rk/", std::string{"/ro"} + "ot/", std::string{".lib"} + "rary/",
        std::string{"farm-"} + "bench", std::string{"/tmp/"} + "build"};
    for (const std::string& word : words)
        for (std::size_t at = source.text.find(word); at != std::string::npos;
             at = source.text.find(word, at + 1))
            faults.push_back({source.path, line_at(source, at), "machine", word});
}

std::vector<Fault> check_all(const std::vector<Source>& sources) {
    std::vector<Fault> faults;
    std::set<std::string> headers;
    for (const Source& source : sources)
        if (is_header(source)) headers.insert(source.path);
    for (const Source& source : sources) {
        check_sizes(source, faults);
        check_functions(source, faults);
        check_shape(source, faults);
        check_words(source, faults);
        check_machine(source, faults);
        check_arrows(source, faults);
        check_third_party(source, faults);
        check_own_header(source, faults, headers);
    }
    check_circles(sources, faults);
    return faults;
}

}  // namespace vault::tidy
