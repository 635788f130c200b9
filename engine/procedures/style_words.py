"""Vietnamese verbs with which offices name their work; the name of a step begins with one of them."""

_WORDS = """
    ban hành, biên soạn, biểu quyết, bàn, bàn giao, bác, báo, báo cáo, bảo quản, bầu, bỏ phiếu, bố trí, bổ nhiệm, bổ
    sung, cam kết, chi, chi trả, chia, cho, cho ý kiến, chuyển, chuyển giao, chuẩn bị, chạy, chấm, chấm điểm, chấp
    nhận, chấp thuận, chỉ đạo, chỉ định, chỉnh lý, chỉnh sửa, chọn, chốt, chụp, chứng kiến, chứng thực, cung cấp, cân
    đối, công bố, công khai, công nhận, cải tiến, cảnh báo, cấp, cấp số, cập nhật, cử, duyệt, dán, dịch, dừng, dừng
    lại, dự họp, dự thảo, dự toán, ghi, ghi nhận, ghép, gia hạn, giao, giám sát, giúp, giải quyết, giải thích, giải
    trình, giảm, giới thiệu, giữ, gắn, gọi, gỡ, gửi, hoà giải, hoàn thiện, hoàn thành, hoàn trả, huỷ, hòa giải, hướng
    dẫn, hạch toán, hẹn, họp, hỏi, hồi đáp, hủy, in, khai, khai thác, khoá, khám nghiệm, khóa, khảo sát, khắc phục,
    khởi tạo, kiến nghị, kiểm, kiểm kê, kiểm soát, kiểm thử, kiểm tra, kiểm định, kê khai, kích hoạt, ký, ký duyệt, ký
    số, kết luận, kết nối, kết thúc, liên hệ, loại, luân chuyển, làm, làm rõ, lưu, lưu trữ, lấy, lấy mẫu, lấy ý kiến,
    lập, lặp, lựa chọn, miễn, mời, mở, nghiên cứu, nghiệm thu, nhận, nhận xét, nhập, nhắc, nhắn, niêm yết, nêu, nạp,
    nộp, phát, phát hành, phân công, phân loại, phân phối, phân tích, phê duyệt, phúc đáp, phản biện, phản hồi, phản
    ánh, phối hợp, phổ biến, quay, quyết toán, quyết định, quét, quản lý, rà, rà soát, rút, sao, sao chụp, sao lục,
    scan, so sánh, soát, soát xét, soạn, soạn thảo, sắp xếp, số hoá, số hóa, sửa, sửa đổi, tham mưu, tham vấn, thanh
    lý, thanh toán, thanh tra, thay, thay đổi, theo dõi, thi hành, thiết kế, thu, thu hồi, thu phí, thu thập, tháo gỡ,
    thông báo, thẩm tra, thẩm định, thống kê, thống nhất, thử, thực hiện, tiêu huỷ, tiêu hủy, tiến hành, tiếp, tiếp
    nhận, tiếp tục, tiễn, tra cứu, tra soát, trao, trao đổi, triển khai, truyền, trình, trình ký, trích lục, trưng
    cầu, trả, trả lại, trả lời, trợ giúp, tuyên bố, tuyên truyền, tìm, tính, tăng, tư vấn, tạm dừng, tạo, tập huấn,
    tập hợp, tổ chức, tổng hợp, từ chối, tự đánh giá, uỷ quyền, viết, vào sổ, vận chuyển, vận hành, vẽ, xem, xem xét,
    xin lỗi, xin ý kiến, xoá, xuất, xuất trình, xác minh, xác nhận, xác định, xây dựng, xét, xét duyệt, xóa, xếp, xử
    lý, xử phạt, yêu cầu, áp dụng, điều chỉnh, điều phối, điều tra, đo, đo lường, đo đạc, đào tạo, đánh giá, đính
    chính, đón, đóng, đóng dấu, đóng gói, đôn đốc, đăng, đăng ký, đưa, đặt, đặt lịch, đề nghị, đề xuất, định giá, đọc,
    đối chiếu, đối thoại, ấn định, ủy quyền
"""
#: Verbs of one, two or more words, in small letters; a verb that is missing is added here.
VERBS = frozenset(" ".join(word.split()) for word in _WORDS.split(","))
