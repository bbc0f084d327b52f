#pragma once
// vaultctl in-process: a terminal that keeps what is written to it, and a call of run() with the
// words of one line. One thread; tests only.
#include "cli/command/run.hpp"
#include "common/base/check.hpp"
#include "tests/unit/cli/fake_server.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vault::test {

// Where sessions lie: of this process alone, gone with it.
inline const std::string& runtime_folder() {
    struct Folder {
        Folder() : path(testing::TempDir() + "vaultctl-test-XXXXXX") {
            VAULT_CHECK(::mkdtemp(path.data()) != nullptr, "no temporary folder");
        }
        ~Folder() {
            std::error_code ignored;
            std::filesystem::remove_all(path, ignored);
        }
        std::string path;
    };
    static const Folder folder;
    return folder.path;
}

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
    Result<Secret> ask_secret(std::string_view prompt) override {
        note(prompt);
        if (typed.empty()) return Error{Errc::Interrupted, "nothing was entered"};
        std::string next = typed.front();
        typed.erase(typed.begin());
        return Secret{std::move(next)};
    }
    bool has_keyboard() const override { return keyboard; }
    bool stdin_is_terminal() const override { return keyboard; }
    std::string tty() const override { return keyboard ? "/dev/pts/7" : ""; }
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
    bool keyboard = false;           // secrets can be asked for
    std::vector<std::string> typed;  // what is answered, in order
    std::map<std::string, std::string> variables{{"XDG_RUNTIME_DIR", runtime_folder()}};
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
