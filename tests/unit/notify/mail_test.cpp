#include "daemon/notify/mail.hpp"

#include <gtest/gtest.h>

namespace vault::notify {
namespace {

const UtcTime kAt = parse_utc("2026-03-01T07:05:09.250Z").value();

std::string mail(std::string subject, std::string text) {
    return mail_text("ops@example.org", {{}, std::move(subject), std::move(text)}, kAt);
}

TEST(Mail, HasTheHeadersOfAMachineAndThenTheText) {
    EXPECT_EQ(mail("[x] critical", "one\n\ntwo\n"),
              "To: ops@example.org\n"
              "Subject: [x] critical\n"
              "Date: Sun, 01 Mar 2026 07:05:09 +0000\n"
              "MIME-Version: 1.0\n"
              "Content-Type: text/plain; charset=utf-8\n"
              "Content-Transfer-Encoding: 8bit\n"
              "Auto-Submitted: auto-generated\n"
              "\n"
              "one\n"
              "\n"
              "two\n");
}

// What an alert is about comes from elsewhere: it must not add headers or recipients.
TEST(Mail, ASubjectIsOneLineOfAscii) {
    const std::string text =
        mail("a\r\nBcc: eve@example.org\n\xc3\xa9" + std::string(500, 'x'), "");
    EXPECT_NE(text.find("Subject: a??Bcc: eve@example.org???xxx"), std::string::npos) << text;
    EXPECT_EQ(text.find("\nBcc"), std::string::npos);
    EXPECT_LT(text.find("\nDate: "), 170U);
}

TEST(Mail, LinesAreBrokenBetweenWords) {
    std::string words;
    for (int i = 0; i < 40; ++i)
        words += "word" + std::to_string(i) + ' ';
    const std::string word(200, 'y');
    const std::string text = mail("s", words + "\n" + word + "\n");
    std::size_t begin = text.find("\n\n") + 2, longest = 0;
    std::string joined;
    while (begin < text.size()) {
        const std::size_t end = text.find('\n', begin);
        const std::string line = text.substr(begin, end - begin);
        if (line != word) longest = std::max(longest, line.size());
        joined += line + ' ';
        begin = end + 1;
    }
    EXPECT_LE(longest, 78U);
    EXPECT_GT(longest, 60U);
    EXPECT_EQ(joined, words + ' ' + word + ' ');
}

}  // namespace
}  // namespace vault::notify
