#pragma once
// vaultctl in-process: a terminal that keeps what is written to it, and a call of run() with the
// words of one line. One thread; tests only.
#include "cli/command/run.hpp"
#include "tests/unit/cli/fake_server.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vault::test {

struct FakeTerminal final : command::Terminal {
    bool write(std::string_view text) override {
        if (broken) return false;
        out += text;
        screen += text;
        return true;
    }
    void note(std::string_view text) override {
        err += text;
        screen += text;
    }
    std::optional<std::string> ask(std::string_view) override { return answer; }
    std::string variable(const char* name) const override {
        const auto found = variables.find(name);
        return found == variables.end() ? "" : found->second;
    }
    std::optional<Size> size() const override { return window; }
    bool stdout_is_terminal() const override { return window.has_value(); }
    bool stderr_is_terminal() const override { return live; }
    std::string directory() const override { return folder; }

    std::string out, err;
    std::string screen;  // both, in order
    std::string folder = "/here";
    bool broken = false;
    bool live = false;           // stderr is a terminal
    std::optional<Size> window;  // set: stdout is a terminal
    std::optional<std::string> answer;
    std::map<std::string, std::string> variables;
};

struct Ran {
    int code;
    std::string out, err;
};

// Words in single quotes are one word.
inline std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    std::string word;
    bool quoted = false, begun = false;
    for (const char c : line + ' ') {
        if (c == '\'') {
            quoted = !quoted;
            begun = true;
        } else if (c != ' ' || quoted) {
            word += c;
            begun = true;
        } else if (begun) {
            words.push_back(std::exchange(word, {}));
            begun = false;
        }
    }
    return words;
}

inline Ran call(const FakeServer* server, const std::string& line, FakeTerminal terminal = {}) {
    terminal.variables["VAULTCTL_SOCKET"] =
        server == nullptr ? "/nonexistent/vaultd.sock" : server->path();
    const int code = command::run(words_of(line), terminal);
    return {code, terminal.out, terminal.err};
}

}  // namespace vault::test
