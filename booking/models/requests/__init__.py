"""
The parts of a consultation request, by subject; consultation_requests.py has its fields and joins them. Beside them
what is judged of two requests, and who asks for their links.
"""
