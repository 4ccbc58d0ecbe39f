"""The parts of a consultation request, by subject; consultation_requests.py has its fields and joins them."""
