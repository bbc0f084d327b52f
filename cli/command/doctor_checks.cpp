#include "cli/command/doctor_checks.hpp"

#include "cli/client/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>
#include <vector>

namespace vault::command {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kUnitFolders{
    "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system"};

// The unit's file and its drop-ins, the one that counts first.
std::vector<std::string> unit_files() {
    std::vector<std::string> files;
    std::error_code status;
    for (const std::string_view folder : kUnitFolders) {
        const fs::path unit = fs::path(folder) / "vaultd.service";
        if (fs::exists(unit, status)) files.push_back(unit.string());
    }
    for (const std::string_view folder : kUnitFolders)
        for (const auto& entry :
             fs::directory_iterator(fs::path(folder) / "vaultd.service.d", status))
            if (entry.path().extension() == ".conf") files.push_back(entry.path().string());
    return files;
}

// The file that turns PrivateUsers on: the peer's uid would then read "nobody" for everybody.
std::string hides_peers(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        std::ifstream lines(file);
        for (std::string line; std::getline(lines, line);)
            for (const char* on : {"PrivateUsers=yes", "PrivateUsers=true", "PrivateUsers=1",
                                   "PrivateUsers=on", "PrivateUsers=self"})
                if (line == on) return file;
    }
    return {};
}

bool belongs_to(unsigned gid) {
    if (::getegid() == gid) return true;
    const int count = ::getgroups(0, nullptr);
    if (count <= 0) return false;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    if (::getgroups(count, groups.data()) < 0) return false;
    return std::ranges::find(groups, gid) != groups.end();
}

// The first folder on the way that keeps us out; empty: none does.
std::string closed_folder(const std::string& path) {
    std::string place;
    for (std::size_t at = 0; at != std::string::npos;) {
        at = path.find('/', at + 1);
        if (at == std::string::npos) break;
        place = path.substr(0, at);
        if (::access(place.c_str(), X_OK) != 0 && errno == EACCES) return place;
    }
    return {};
}

}  // namespace

ClientChecks::ClientChecks(std::string socket) : socket_(std::move(socket)) {
    const auto files = unit_files();
    if (!files.empty()) unit_ = files.front();
}

void ClientChecks::add(std::string_view name, std::string_view status, std::string message,
                       std::string fix) {
    json::object check{{"name", name}, {"status", status}, {"message", std::move(message)}};
    check["fix"] = fix.empty() ? json::value(nullptr) : json::value(std::move(fix));
    list_.push_back(std::move(check));
}

std::string ClientChecks::start_command() const {
    if (!unit_.empty()) return "systemctl start vaultd";
    return fmt::format("vaultd --state-dir DIR --socket {}", socket_);
}

void ClientChecks::socket() {
    struct stat info {};
    if (::stat(socket_.c_str(), &info) != 0) {
        const int fault = errno;
        const std::string folder = fault == EACCES ? closed_folder(socket_) : std::string();
        struct stat closed {};
        if (!folder.empty() && ::stat(folder.c_str(), &closed) == 0) {
            const std::string group = client::group_name(closed.st_gid);
            return add("socket", "failed",
                       fmt::format("{} may be entered by group {} only", folder, group),
                       fmt::format("usermod -aG {} {}", group, client::user_name(::geteuid())));
        }
        return add("socket", "failed", fmt::format("{}: {}", socket_, std::strerror(fault)),
                   start_command());
    }
    if (!S_ISSOCK(info.st_mode))
        return add("socket", "failed", fmt::format("{} is no socket", socket_),
                   "vaultctl doctor --socket PATH");
    const unsigned mode = info.st_mode & 07777U;
    const std::string owner =
        fmt::format("{}:{}", client::user_name(info.st_uid), client::group_name(info.st_gid));
    socket_access(owner, info.st_uid, info.st_gid, mode);
}

void ClientChecks::socket_access(const std::string& owner, unsigned uid, unsigned gid,
                                 unsigned mode) {
    const std::string what = fmt::format("{}, {}, mode {:04o}", socket_, owner, mode);
    const std::string me = client::user_name(::geteuid());
    if (::access(socket_.c_str(), W_OK) == 0) {
        if ((mode & 06U) != 0)
            return add("socket", "warning", what + ": everybody on this machine may connect",
                       "chmod 0660 " + socket_);
        return add("socket", "ok", what);
    }
    const bool by_group = (mode & 020U) != 0 && ::geteuid() != uid;
    if (by_group && !belongs_to(gid)) {
        const std::string group = client::group_name(gid);
        if (client::group_lists(gid, me))
            return add("socket", "failed",
                       fmt::format("{}: {} joined group {} after this login", what, me, group),
                       "newgrp " + group);
        return add("socket", "failed", fmt::format("{}: {} is not in group {}", what, me, group),
                   fmt::format("usermod -aG {} {}", group, me));
    }
    add("socket", "failed", fmt::format("{}: {} may not use it", what, me),
        "chmod 0660 " + socket_);
}

void ClientChecks::peer(const client::Client& daemon) {
    struct stat info {};
    const auto uid = daemon.peer_uid();
    if (!uid || ::stat(socket_.c_str(), &info) != 0)
        return add("peer", "warning", "who answers cannot be seen", "vaultctl version");
    const std::string name = client::user_name(*uid);
    if (*uid == 0 || *uid == info.st_uid)
        return add("peer", "ok", fmt::format("{} (uid {}) answers", name, *uid));
    add("peer", "failed",
        fmt::format("{} (uid {}) answers on a socket of {}: this may not be vaultd", name, *uid,
                    client::user_name(info.st_uid)),
        "systemctl restart vaultd");
}

// The hint is a sentence; a command is better where there is one.
void ClientChecks::no_answer(const protocol::Failure& failure) {
    const bool down = failure.code == protocol::error_row(Errc::DaemonDown).code;
    add("daemon", "failed", failure.message, down ? start_command() : failure.hint);
}

void ClientChecks::versions(const std::string& client, const json::object& daemon) {
    const auto* text = daemon.if_contains("version");
    const std::string theirs =
        text != nullptr && text->is_string() ? std::string(text->get_string()) : "unknown";
    if (theirs == client)
        return add("versions", "ok", fmt::format("vaultctl and vaultd {}", client));
    add("versions", "failed", fmt::format("vaultctl {}, but vaultd {} runs", client, theirs),
        "systemctl restart vaultd");
}

void ClientChecks::clock() {
    timex state{};  // all zero: only asks
    if (::adjtimex(&state) < 0)
        return add("clock", "warning", "whether the clock is synchronised cannot be seen",
                   "timedatectl status");
    if ((state.status & STA_UNSYNC) != 0)
        return add("clock", "warning", "the clock is not synchronised", "timedatectl set-ntp true");
    add("clock", "ok", "synchronised");
}

void ClientChecks::unit() {
    const auto files = unit_files();
    if (files.empty()) return add("unit", "ok", "no unit is installed: vaultd is run by hand");
    const std::string hiding = hides_peers(files);
    if (hiding.empty()) return add("unit", "ok", unit_);
    add("unit", "failed", hiding + ": PrivateUsers= hides from vaultd who calls it",
        "systemctl edit vaultd");
}

void ClientChecks::append(const json::array& checks) {
    for (const auto& check : checks)
        if (check.is_object()) list_.push_back(check);
}

std::string_view ClientChecks::state() const {
    std::string_view worst = "ok";
    for (const auto& check : list_) {
        const auto* status = check.get_object().if_contains("status");
        if (status == nullptr || !status->is_string()) continue;
        if (status->get_string() == "failed") return "failed";
        if (status->get_string() == "warning") worst = "warning";
    }
    return worst;
}

}  // namespace vault::command
