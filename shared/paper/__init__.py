"""What is printed: fonts that travel with the project, lines with furigana, QR codes, PDF."""
